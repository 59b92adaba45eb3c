"""The tour's stops at the diffusion studio: small runs with real results, each there within seconds."""

from __future__ import annotations

import pickle
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from engines.core.places import cache_dir
from engines.generative.diffusion.study_types import CompareSpec
from engines.generative.diffusion.types import Guidance, SampleSpec
from engines.generative.training.types import TrainSpec
from widgets.generative.state import DiffusionView, Page, RunState
from widgets.kit.theme import LOOK, THEMES
from workbench.tour import jobs
from workbench.tour.walk import Stop, begin_at, show_page, stops_at
from workbench.window.main import Window

EXACT = "analytic:digits"
LONG = 400
"""Steps of a run that is to be seen forming."""
MID_FLIGHT = 0.2
PAUSE_MS = 50
"""Between two runs that a person asks for."""
HISTORY = (("heun", 10, 1.0), ("ancestral", 30, 1.0), ("ipndm", 8, 1.0), ("dpm++2m-sde", 12, 1.0))
MAIN = ("diffusion-empty", "diffusion-samples")
"""The main stop, after what has to be done before it."""


def stops(theme: str) -> list[Stop]:
    """What a newcomer would try: sample, look at the steps, flow, compare, train, and a file that is refused."""
    stop = partial(stops_at("diffusion", theme), seconds=180)
    return [
        stop("empty", partial(begin_at, theme=theme, feature="diffusion", page=Page.SAMPLES), _listed),
        stop("sampling", _sample_long, _forming),
        stop("samples", _sample, _sampled),
        stop("steps", _half_way, _step_shown),
        stop("flow", _flow, _flowing),
        stop("compare", _compare, _compared),
        stop("training", _train, _learning),
        *jobs.stops(theme),
        stop("history", _more_runs, _all_done),
        stop("failed", _pickle, _refused),
        stop("done", _rest),
    ]


def again(theme: str) -> list[Stop]:
    """What shows a theme best; of results that are there."""
    stop = stops_at("diffusion", theme)
    return [
        stop(
            "samples",
            partial(begin_at, theme=theme, feature="diffusion", page=Page.SAMPLES),
            partial(_themed, theme=theme),
        ),
        stop("flow", partial(show_page, feature="diffusion", page=Page.FLOW)),
        stop("compare", partial(show_page, feature="diffusion", page=Page.COMPARE)),
        stop("training", partial(show_page, feature="diffusion", page=Page.TRAINING)),
    ]


def _view(window: Window) -> DiffusionView:
    return window.features["diffusion"].studio.shown


def _listed(window: Window) -> bool:
    return _view(window).model is not None


def _spec(window: Window) -> SampleSpec:
    """One sample a class, where there are classes."""
    info, spec = _view(window).model, _view(window).spec
    if info is None or not info.classes:
        return spec
    labels = tuple(range(len(info.classes)))
    return replace(spec, seeds=labels, classes=labels, guidance=Guidance(2.0), start=None)


def _sample_long(window: Window) -> None:
    window.features["diffusion"].panel.specChanged.emit(replace(_spec(window), steps=LONG))
    window.commands.run("diffusion.sample")


def _forming(window: Window) -> bool:
    run, shown = _view(window).run, _view(window).pictures
    there = shown.images is not None and not shown.final
    return run is not None and run.busy is not None and there and run.busy.done > 0.2 * run.busy.total


def _sample(window: Window) -> None:
    """Once the models are listed."""
    if not _listed(window):
        QTimer.singleShot(PAUSE_MS, partial(_sample, window))
        return
    window.commands.run("diffusion.cancel")
    window.features["diffusion"].panel.specChanged.emit(replace(_spec(window), steps=20))
    window.commands.run("diffusion.sample")


def _sampled(window: Window) -> bool:
    run = _view(window).run
    return run is not None and run.state is RunState.DONE and _view(window).pictures.final


def _half_way(window: Window) -> None:
    step = _view(window).step
    window.features["diffusion"].studio.page(Page.SAMPLES).scrubber.stepWanted.emit(
        step.steps // 2 if step is not None else 0
    )


def _step_shown(window: Window) -> bool:
    step = _view(window).step
    return step is not None and step.step == step.steps // 2


def _flow(window: Window) -> None:
    window.commands.run("diffusion.flow")


def _flowing(window: Window) -> bool:
    """Stopped in the middle, so that the picture is the same every time."""
    if _view(window).flow.result is None:
        return False
    page = window.features["diffusion"].studio.page(Page.FLOW)
    if page.playing:
        page.toggle()
    page.set_time(MID_FLIGHT)
    return True


def _compare(window: Window) -> None:
    window.features["diffusion"].panel.model.model.chosen.emit(EXACT)
    base = SampleSpec(EXACT, seeds=tuple(range(8)))
    window.features["diffusion"].panel.specChanged.emit(base)
    axes = ("sampler", ("euler", "heun", "dpm++2m", "ipndm"), "steps", ("5", "10", "20"))
    window.features["diffusion"].panel.compareChanged.emit(CompareSpec(base, *axes))  # type: ignore[arg-type]
    window.commands.run("diffusion.compare")
    window.features["diffusion"].panel.start.click()
    window.features["diffusion"].panel.base.curves.click()


def _compared(window: Window) -> bool:
    compared = _view(window).compared
    return compared.result is not None and compared.curves is not None and compared.busy is None


def _train(window: Window) -> None:
    spec = TrainSpec("digits", "", name="tour-digits", width=16, steps=4000, sample_every=20, batch=32)
    window.features["diffusion"].panel.trainChanged.emit(spec)
    window.commands.run("diffusion.train")
    window.features["diffusion"].panel.start.click()


def _learning(window: Window) -> bool:
    """Some hundred steps, or as many as a busy machine makes in less than a minute."""
    progress, job = _view(window).training.progress, window.services.jobs.records()[-1]
    if progress is None or progress.images is None:
        return False
    return progress.step > 300 or (job.started is not None and time.time() - job.started > 45)


def _more_runs(window: Window) -> None:
    window.features["diffusion"].studio.page(Page.TRAINING).progress.cancelled.emit()
    window.features["diffusion"].panel.mode.chosen.emit("sample")
    for number, (sampler, steps, weight) in enumerate(HISTORY):
        spec = SampleSpec(EXACT, sampler, steps, guidance=Guidance(weight), seeds=tuple(range(9)))
        QTimer.singleShot(PAUSE_MS * (number + 1), window, partial(_queue, window, spec))


def _queue(window: Window, spec: SampleSpec) -> None:
    window.features["diffusion"].panel.specChanged.emit(spec)
    window.commands.run("diffusion.sample")


def _all_done(window: Window) -> bool:
    view = _view(window)
    done = sum(run.state is RunState.DONE for run in view.runs)
    return done > len(HISTORY) and view.running is None and view.queued == 0 and view.pictures.final


def _pickle(window: Window) -> None:
    """A checkpoint that could run anything when it is opened."""
    path = Path(cache_dir()) / "downloaded-model.ckpt"
    path.write_bytes(pickle.dumps({"state_dict": {"weight": [0.0]}}))
    window.features["diffusion"].take([str(path)])


def _refused(window: Window) -> bool:
    shown = window.features["diffusion"].panel.shown
    return shown.trouble is not None and not shown.looking


def _rest(window: Window) -> None:
    window.features["diffusion"].cancel_all()
    window.features["diffusion"].dismiss()


def _themed(window: Window, theme: str) -> bool:
    """The other theme is on, and there is something to see in it."""
    return LOOK.now is THEMES[theme] and _view(window).pictures.images is not None
