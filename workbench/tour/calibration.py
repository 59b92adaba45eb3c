"""The tour's stops at calibration: live on the rendered rig, and from photographs where the reference data lie."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from engines.core.boards import Board
from workbench.tour import calibration_pages
from workbench.tour.walk import Stop, front, nothing, panel, reference
from workbench.window.main import Window

PHOTOGRAPHS = "calibration/opencv_stereo_chessboard"
VIEWS = 8
"""Automatic waits for views that add, and the rig's board comes by them in a minute or more."""
MAIN = ("calibrate-live",)
"""The main stop; those before it are what has to be done first."""


def stops(theme: str) -> list[Stop]:
    """Live first, then from files."""
    return _calibrating(theme) + _photographs(theme) + calibration_pages.stops(theme)


def again(theme: str) -> list[Stop]:
    """What shows a theme best."""
    live = _calibrating(theme)[1:]
    live[0] = replace(live[0], act=_detect_anew)
    photographs = _photographs(theme)[:1] + _photographs(theme)[2:4] if _folder().is_dir() else []
    return live + photographs + calibration_pages.again(theme)


def _detect_anew(window: Window) -> None:
    window.features["calibration"].clear()
    window.features["calibration"].set_board(Board.parse("chessboard:9x6:25mm"))
    window.notices.clear()
    _detect(window)


def _calibrating(theme: str) -> list[Stop]:
    """Live on the rendered rig: detect, capture by itself, solve, straighten the tile."""
    return [
        Stop(f"{theme}-calibrate-empty", lambda window: window.preset("calibrate"), panel=panel("calibration")),
        Stop(f"{theme}-calibrate-live", _detect, _sighted, panel("calibration")),
        Stop(f"{theme}-calibrate-captured", _capture, _captured, panel("calibration"), seconds=120),
        Stop(f"{theme}-calibrate-result", _solve, _solved, panel("calibration"), seconds=60),
        Stop(f"{theme}-calibrate-undistorted", _straighten, _straight),
        Stop(f"{theme}-calibrate-large", _large, _solved, panel("calibration")),
    ]


def _photographs(theme: str) -> list[Stop]:
    """From files: load, solve, look at the worst view, straighten it, and a wrong board."""
    if not _folder().is_dir():
        return [Stop(f"{theme}-jobs", partial(front, dock="jobs"), panel=panel("jobs"))]
    return [
        Stop(f"{theme}-photographs-loaded", _load, _loaded, panel("calibration")),
        Stop(f"{theme}-photographs-busy", _solve, _busy, panel("calibration")),
        Stop(f"{theme}-photographs-result", nothing, _solved, panel("calibration"), seconds=60),
        Stop(f"{theme}-photographs-view", _open_worst, _solved, panel("calibration")),
        Stop(f"{theme}-photographs-wrong-board", _wrong_board, _troubled, panel("calibration"), seconds=60),
        Stop(f"{theme}-jobs", partial(front, dock="jobs"), panel=panel("jobs")),
    ]


def _folder() -> Path:
    return reference(PHOTOGRAPHS)


def _detect(window: Window) -> None:
    window.preset("calibrate")
    window.features["calibration"].watch.look(window.viewer.selected_path(), True)


def _sighted(window: Window) -> bool:
    live = window.features["calibration"].panel.shown.live
    return live is not None and live.sighting is not None and live.sighting.found


def _capture(window: Window) -> None:
    window.features["calibration"].set(auto=True)


def _captured(window: Window) -> bool:
    return len(window.features["calibration"].session.material.views) >= VIEWS


def _solve(window: Window) -> None:
    window.features["calibration"].set(auto=False)
    window.features["calibration"].watch.look(window.features["calibration"].watch.source, False)
    window.features["calibration"].run()


def _straighten(window: Window) -> None:
    """The result becomes that of its camera, whose tile is straightened."""
    window.features["calibration"].use_for_camera()
    window.services.host.undistort(window.features["calibration"].watch.source)


def _straight(window: Window) -> bool:
    """A tile has shown a straightened picture."""
    feeds, viewer = window.services.feeds, window.viewer
    shown = [path for path in viewer.shown().values() if feeds.child(path) is not None]
    return any((viewer.latency_ms(path) or 0) > 0 for path in shown)


def _large(window: Window) -> None:
    """The docks below closed."""
    for dock in ("jobs", "log"):
        window.docks.docks[dock].close()


def _busy(window: Window) -> bool:
    busy = window.features["calibration"].runs.busy
    return busy is None or busy.total > 0


def _solved(window: Window) -> bool:
    result = window.features["calibration"].session.result
    return window.features["calibration"].runs.busy is None and result is not None and result.loo_rms_px is not None


def _load(window: Window) -> None:
    window.preset("calibrate")
    window.features["calibration"].clear()
    window.notices.clear()
    window.features["calibration"].add([str(path) for path in sorted(_folder().glob("left*.jpg"))])
    window.features["calibration"].set(free_board=True)


def _loaded(window: Window) -> bool:
    return len(window.features["calibration"].session.material.views) == 13


def _open_worst(window: Window) -> None:
    result = window.features["calibration"].session.result
    assert result is not None
    worst = max(result.views, key=lambda view: view.rms_px or 0.0)
    window.features["calibration"].choose_view(worst.path)


def _wrong_board(window: Window) -> None:
    window.features["calibration"].set_board(Board.parse("chessboard:8x6:25mm"))
    window.features["calibration"].run()


def _troubled(window: Window) -> bool:
    return window.features["calibration"].panel.shown.trouble is not None
