"""Everything the rig's panel shows, as one frozen value, and the words that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engines.calibration.rig.names import FLOOR
from engines.calibration.rig.types import RigResult, SolveStep
from engines.core.words import tr, tr_count
from widgets.calibration.rig.live_state import LEAST, MOST, RigLive
from widgets.calibration.rig.points_state import RigUse
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.rig.take_state import TakeView
from widgets.calibration.state import pixels, verdict_words
from widgets.kit.work_state import Busy, Trouble


class Phase(Enum):
    """What the panel is about. The value names the state in pictures and tests."""

    EMPTY = "empty"
    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"
    RESULT = "result"
    LOADED = "loaded"
    """Values read from a file."""


@dataclass(frozen=True, slots=True)
class RigState:
    """The whole state of the panel. current: the result belongs to what is set. steps: of the solver while it works.

    loaded_from: name of a file. reference "frame:" without a name yet: the board on the floor, in a frame to be told.
    """

    setup: RigSetup = RigSetup()
    take: TakeView = TakeView()
    result: RigResult | None = None
    current: bool = True
    loaded_from: str = ""
    busy: Busy | None = None
    steps: tuple[SolveStep, ...] = ()
    trouble: Trouble | None = None
    live: RigLive = RigLive()
    use: RigUse = RigUse()

    @property
    def phase(self) -> Phase:
        if self.busy is not None:
            return Phase.BUSY
        if self.trouble is not None:
            return Phase.FAILED
        if self.result is not None:
            return Phase.LOADED if self.loaded_from else Phase.RESULT
        return Phase.READY if self.setup.paths else Phase.EMPTY

    @property
    def problem(self) -> str:
        """Why it cannot be calibrated, "" where it can."""
        if self.busy is not None:
            return tr("It is being calibrated")
        if not self.setup.paths:
            return tr("Choose pictures or films of the board first")
        if len(self.setup.cameras) < LEAST:
            return tr("A rig has two cameras at the least")
        if len(self.setup.cameras) > MOST:
            each = "" if self.setup.tiled else tr("; put the pictures of each into a folder of its own")
            return tr(
                "{count} cameras, and a rig has {most} at the most{each}",
                count=len(self.setup.cameras),
                most=MOST,
                each=each,
            )
        if self.setup.twice:
            return tr("Two cameras are called {twice}", twice=self.setup.twice)
        if self.setup.reference == FLOOR:
            return tr("Name the frame in which the board lies on the floor")
        return ""

    @property
    def headline(self) -> str:
        """The one line under the title."""
        if self.take.taking and self.phase in (Phase.EMPTY, Phase.READY):
            return tr("Taking pictures: {done} of {count}", done=self.take.done, count=self.take.count)
        return _HEADLINES[self.phase](self)


def _ready(state: RigState) -> str:
    return state.problem or tr_count(
        len(state.setup.cameras), "{n} camera, ready to calibrate", "{n:,} cameras, ready to calibrate"
    )


def _busy(state: RigState) -> str:
    busy = state.busy or Busy()
    return (
        tr("Waiting for its turn")
        if busy.waiting
        else tr_count(len(state.setup.cameras), "Calibrating {n} camera", "Calibrating {n:,} cameras")
    )


def _result(state: RigState) -> str:
    result = state.result
    if result is None:
        return ""
    told = tr_count(
        len(result.cameras),
        "{n} camera, RMS {rms_px} px, {verdict}",
        "{n:,} cameras, RMS {rms_px} px, {verdict}",
        rms_px=pixels(result.rms_px),
        verdict=verdict_words(result.verdict) or tr("not judged"),
    )
    return told if state.current else tr("{told}; changed since", told=told)


_HEADLINES = {
    Phase.EMPTY: lambda state: tr("No pictures yet"),
    Phase.READY: _ready,
    Phase.BUSY: _busy,
    Phase.FAILED: lambda state: state.trouble.title if state.trouble else "",
    Phase.RESULT: _result,
    Phase.LOADED: lambda state: tr("From {loaded_from}", loaded_from=state.loaded_from),
}
