"""The tour's stops at jobs: a training that was cut off, on its page and in the panel, and the question at closing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from widgets.generative.state import Page
from workbench.tour.walk import Stop, front, panel
from workbench.window.main import Window


def stops(theme: str) -> list[Stop]:
    """After a training was begun: cut it off, resume it, and close the window meanwhile."""
    stop = partial(_stop, theme)
    return [
        stop("cut-off", _cut_off, _is_cut_off),
        stop("in-jobs", partial(front, dock="jobs")),
        stop("leaving", _leave, _asked, also=lambda window: window.leaving.question),
        stop("waiting", _wait, also=lambda window: window.leaving.waiting),
        stop("resumed", _stay, _goes_on),
    ]


def _stop(theme: str, name: str, act: Callable[[Window], object], *more: Any, **how: Any) -> Stop:
    return Stop(f"{theme}-diffusion-training-{name}", act, *more, panel=panel("jobs"), seconds=60, **how)


def _cut_off(window: Window) -> None:
    window.features["diffusion"].studio.page(Page.TRAINING).progress.cancelled.emit()


def _is_cut_off(window: Window) -> bool:
    training = window.features["diffusion"].studio.shown.training
    return training.busy is None and training.cut_off is not None


def _leave(window: Window) -> None:
    window.panels.jobs.resume.click()
    window.leaving.quit()


def _asked(window: Window) -> bool:
    return window.leaving.question is not None


def _wait(window: Window) -> None:
    if window.leaving.question is not None:
        window.leaving.question.wait.click()


def _stay(window: Window) -> None:
    window.leaving.come_back()


def _goes_on(window: Window) -> bool:
    """It has taken a step since."""
    progress = window.features["diffusion"].studio.shown.training.progress
    return progress is not None and bool(progress.resumed)
