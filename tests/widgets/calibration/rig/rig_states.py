"""A rig of three cameras with a made result, and the panel's states, for the tests of its parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engines.calibration.rig.types import RigCamera, RigPair, RigResult, RigView, SolveStep
from engines.calibration.types import Reason, Remedy
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.rig.state import Phase, RigState
from widgets.calibration.rig.take_state import TakeView
from widgets.kit.work_state import Busy, Trouble

SIZE, BOARD = Size(640, 480), "chessboard:9x6:25mm"
NAMES = ("front left", "front right", "side")
FRAMES = tuple(f"set {number}.png" for number in range(1, 7))
BLIND, WRONG = ("set 2.png", 2), ("set 5.png", 1)
"""Where a camera sees no board, and where two corners do not fit: as (frame, camera)."""
SETUP = RigSetup(paths=tuple(f"/sets/{name}" for name in FRAMES), names=(*NAMES, "-"), board=BOARD)
STEPS = tuple(SolveStep(n, 10.0 ** (6 - n), 0.1, 2, 0.2 * n) for n in range(1, 6))


def camera(number: int) -> RigCamera:
    return RigCamera(
        NAMES[number], SIZE, "brown5", Intrinsics(560.0 + number, 560.0, 320.0, 240.0), (-0.2, 0.05, 0.0, 0.0, 0.0),
        (0.0, 0.1 * number, 0.0), (-0.2 * number, 0.0, 0.0), {"fx": 0.31, "fy": 0.3, "cx": 0.2, "cy": 0.2},
        rms_px=0.1, median_px=0.08, held_out_rms_px=0.12, frames=6, corners=324, outliers=2 * (number == 1),
    )  # fmt: skip


def view(frame: str, number: int) -> RigView:
    path = f"/sets/{frame}"
    if (frame, number) == BLIND:
        return RigView(frame, number, path, False, False, note="no board found")
    random = np.random.default_rng(100 * number + FRAMES.index(frame))
    x, y = np.meshgrid(np.linspace(100, 500, 9), np.linspace(100, 400, 6))
    found = np.stack([x.ravel(), y.ravel()], axis=1)
    error = 0.05 + 0.02 * FRAMES.index(frame) + 0.1 * number
    model = found + random.normal(0, error / np.sqrt(2), found.shape)
    wrong = (frame, number) == WRONG
    weights = [0.0 if wrong and n in (3, 7) else 1.0 for n in range(54)]
    return RigView(
        frame, number, path, True, True, 0, tuple(range(54)), _points(found), _points(model), tuple(weights),
        error, 1.2 * error,
    )  # fmt: skip


def told(**values: object) -> RigResult:
    """Verdict "fair", with two reasons, each with a remedy."""
    pairs = (
        RigPair(0, 1, 0.2, 19.5, 0.00004, 0.004, 0.00005, 6, 324),
        RigPair(0, 2, 0.4, 38.0, 0.00006, 0.006, 0.00007, 5, 270),
        RigPair(1, 2, 0.21, 20.0, 0.00005, 0.005, 0.00006, 5, 270),
    )
    reasons = (
        Reason("odd-frame", 1, "Frame set 5.png is the worst", Remedy("switch_off", "set 5.png")),
        Reason("bent-board", 1, "The board is bent", Remedy("free_board")),
    )
    result = RigResult(
        tuple(map(camera, range(3))), pairs, 0.1, "fair", reasons, 2.0,
        views=tuple(view(frame, number) for frame in FRAMES for number in range(3)),
        frames_used=6, held_out_rms_px=0.12, board=Board.parse(BOARD), converged=True, reference=NAMES[0], steps=STEPS,
    )  # fmt: skip
    return replace(result, **values)  # type: ignore[arg-type]


def states() -> dict[Phase, RigState]:
    result = told()
    return {
        Phase.EMPTY: RigState(take=TakeView("Sample rig")),
        Phase.READY: RigState(SETUP),
        Phase.BUSY: RigState(SETUP, busy=Busy("Step 5: 0.1 px, 2 outliers", 0.6, 1.0, 3.0), steps=STEPS),
        Phase.FAILED: RigState(SETUP, trouble=Trouble("Cameras share no views: a; b", "Rig not calibrated")),
        Phase.RESULT: RigState(SETUP, result=result),
        Phase.LOADED: RigState(SETUP, result=result, loaded_from="a very long name of a rig that was kept.json"),
    }


def _points(places: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in places)
