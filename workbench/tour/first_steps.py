"""The tour's jobs: from the start page to a first result by real clicks, which are counted and timed.

A click goes to whatever lies at its place in the window, as the mouse has it; what is covered or switched off is not
clicked. Between two clicks a condition is waited for, as a person waits for a picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from engines.core.clock import monotonic
from widgets.generative.state import RunState
from widgets.shell.start.cards import ExampleButton
from workbench.tour.walk import Stop
from workbench.window.main import Window
from workbench.work.job_store import JobState

MOST_CLICKS, MOST_SECONDS = 3, 20.0
VIEWS, LOOKS = 5, 3
"""Views that a person would wait for before calibrating, and looks at a face before it is given a name."""
SITTER = "Eileen Collins"
Find = Callable[[Window], QWidget | None]


@dataclass(frozen=True, slots=True)
class Click:
    """find: what is clicked, None while it is not time for that. types: on the keyboard, afterwards."""

    find: Find
    types: str = ""


class Job:
    """A job from the start page on. `ready` is asked again and again, and clicks whenever the next thing is there."""

    def __init__(self, clicks: tuple[Click, ...], done: Callable[[Window, float], bool]) -> None:
        """done: whether the result is there, of what was begun since this moment (as `time.time` has it)."""
        self._clicks, self._done = clicks, done
        self.clicks, self.seconds, self._began, self._since = 0, 0.0, 0.0, 0.0

    def begin(self, window: Window) -> None:
        """An empty project, at the start page."""
        self._since = time.time()
        window.notices.clear()
        window.preset("monitor")
        window.commands.run("file.new")

    def ready(self, window: Window) -> bool:
        """Whether the result is there."""
        if self.clicks < len(self._clicks):
            self._go_on(window, self._clicks[self.clicks])
        elif self._done(window, self._since):
            self.seconds = self.seconds or monotonic() - self._began
        return self.seconds > 0

    def figures(self) -> dict[str, object]:
        """Clicks, and seconds from the first of them; None where it did not come to a result."""
        return {"clicks": self.clicks, "seconds": round(self.seconds, 2) or None}

    def problems(self) -> list[str]:
        """What a person would be stopped by."""
        none = [f"no result after {self.clicks} clicks"] * (not self.seconds)
        return none + [f"{self.clicks} clicks, {MOST_CLICKS} at most"] * (self.clicks > MOST_CLICKS)

    def remarks(self) -> list[str]:
        """What a person would find too long; the machine may be the reason."""
        return [f"{self.seconds:.1f} s, {MOST_SECONDS:.0f} s at most"] * (self.seconds > MOST_SECONDS)

    def _go_on(self, window: Window, step: Click) -> None:
        widget = step.find(window)
        if widget is not None and click(window, widget):
            self._began = self._began or monotonic()
            self.clicks += 1
            type_in(step.types)


def click(window: QWidget, widget: QWidget) -> bool:
    """Click the middle of a widget; False where the mouse would not reach it."""
    if not (widget.isVisible() and widget.isEnabled()):
        return False
    place = widget.mapTo(window, widget.rect().center())
    hit = window.childAt(place)
    if hit is None or not (hit is widget or widget.isAncestorOf(hit)):
        return False
    spot = QPointF(hit.mapFrom(window, place))
    if hit.focusPolicy() & Qt.FocusPolicy.ClickFocus:
        hit.setFocus(Qt.FocusReason.MouseFocusReason)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind, held in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)):
        QCoreApplication.sendEvent(hit, QMouseEvent(kind, spot, hit.mapToGlobal(spot), left, held, none))
    return True


def type_in(text: str) -> None:
    """Type into whatever has the focus."""
    for letter in text:
        focus = QApplication.focusWidget()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if focus is not None:
                QCoreApplication.sendEvent(focus, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))


def stops(theme: str) -> list[Stop]:
    """One for each of the jobs that a newcomer is promised."""
    jobs = {
        "calibrated-sample": Job((Click(partial(_card, id="calibration")), Click(_calibrate)), _calibrated),
        "recognised-face": Job(
            (Click(partial(_card, id="faces")), Click(_name_field, SITTER), Click(_enrol)), _recognised
        ),
        "action-on-timeline": Job((Click(partial(_card, id="actions")),), _happened),
        "ten-digits": Job((Click(partial(_card, id="diffusion")),), _sampled),
    }
    return [
        Stop(f"{theme}-job-{name}", job.begin, job.ready, seconds=3 * MOST_SECONDS, job=job)
        for name, job in jobs.items()
    ]


def _card(window: Window, id: str) -> QWidget | None:
    """The card of an example, once the start page is there."""
    page = window.place.page
    if page is None or not window.place.starts:
        return None
    cards = (card for card in page.examples.cards if isinstance(card, ExampleButton))
    return next((card for card in cards if card.shown.id == id), None)


def _calibrate(window: Window) -> QWidget | None:
    desk = window.features["calibration"]
    return desk.panel.start if len(desk.session.material.views) >= VIEWS else None


def _calibrated(window: Window, _since: float) -> bool:
    return window.features["calibration"].session.result is not None


def _name_field(window: Window) -> QWidget | None:
    desk = window.features["faces"]
    found = desk.view.live.recognition
    seen = found is not None and any(face.evidence >= LOOKS for face in found.faces)
    return desk.panel.tracks.name if seen and desk.view.people.info is not None else None


def _enrol(window: Window) -> QWidget | None:
    return window.features["faces"].panel.tracks.enrol


def _recognised(window: Window, _since: float) -> bool:
    found = window.features["faces"].view.live.recognition
    return found is not None and any(face.name == SITTER for face in found.faces)


def _happened(window: Window, _since: float) -> bool:
    line = window.features["actions"].view.timeline
    return any(event.action for track in line.tracks for event in track.events)


def _sampled(window: Window, since: float) -> bool:
    run, jobs = window.features["diffusion"].view.run, window.services.jobs.records()
    new = bool(jobs) and jobs[-1].created >= since and jobs[-1].state is JobState.DONE
    return new and run is not None and run.state is RunState.DONE
