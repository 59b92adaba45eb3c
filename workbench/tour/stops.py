"""The stops of `main.py tour`: what a newcomer would try, in that order, in the themes asked for.

A photograph folder is calibrated where the reference data lie (`KINOSCOPE_DATA`); the rendered rig always is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from widgets.kit.panel import Panel
from workbench.tour import actions as tour_actions
from workbench.tour import faces as tour_faces
from workbench.tour import generative as tour_diffusion
from workbench.tour.walk import Stop, reference
from workbench.window.main import Window

ROOT = Path(__file__).resolve().parents[2]
PHOTOGRAPHS = "calibration/opencv_stereo_chessboard"
FORMS = ("usb", "file", "folder", "stream", "tiled", "scene")
VIEWS = 10
MAIN = (
    ("first-start",),
    ("monitor-sample",),
    ("calibrate-live",),
    ("faces-empty", "faces-live"),
    ("actions-empty", "actions-pose"),
    ("diffusion-empty", "diffusion-samples"),
)
"""The main stops, with what has to be done before them."""


def stops(theme: str) -> list[Stop]:
    """All stops; a second theme repeats the ones that show most."""
    first, *others = ("dark", "light") if theme == "both" else (theme,)
    made = _first(first) + _watching(first) + _calibrating(first) + _photographs(first)
    made += tour_faces.stops(first) + tour_actions.stops(first) + tour_diffusion.stops(first) + _dialogs(first)
    for name in others:
        made += _again(name)
    return made


def main_stops(theme: str) -> list[Stop]:
    """The six that show most, each begun by itself."""
    first = "dark" if theme == "both" else theme
    every = {stop.name.removeprefix(f"{first}-"): stop for stop in stops(first)}
    return [replace(every[names[-1]], act=partial(_all, acts=[every[name].act for name in names])) for names in MAIN]


def _all(window: Window, acts: Sequence[Callable[[Window], object]]) -> None:
    for act in acts:
        act(window)


def _first(theme: str) -> list[Stop]:
    """An empty window, and the form of every kind of source."""
    begin = Stop(f"{theme}-first-start", partial(_theme, name=theme), panel=_panel("sources"))
    forms = [
        Stop(
            f"{theme}-add-{kind}",
            partial(_do, ids=(f"source.add-{kind}",)),
            also=lambda window: window.panels.sources.form,
        )
        for kind in FORMS
    ]
    return [begin, *forms]


def _watching(theme: str) -> list[Stop]:
    return [
        Stop(f"{theme}-monitor-sample", _sample, _playing, _panel("sources")),
        Stop(f"{theme}-tile-maximised", partial(_do, ids=("view.maximise",)), _playing),
        Stop(f"{theme}-nine-tiles", partial(_do, ids=("view.maximise", "view.nine")), _playing),
        Stop(f"{theme}-properties", _properties, _playing, _panel("properties")),
        Stop(f"{theme}-log", partial(_front, dock="log"), panel=_panel("log")),
    ]


def _calibrating(theme: str) -> list[Stop]:
    """Live on the rendered rig: detect, capture by itself, solve."""
    return [
        Stop(f"{theme}-calibrate-empty", _calibrate_preset, panel=_panel("calibration")),
        Stop(f"{theme}-calibrate-live", _detect, _sighted, _panel("calibration")),
        Stop(f"{theme}-calibrate-captured", _capture, _captured, _panel("calibration"), seconds=90),
        Stop(f"{theme}-calibrate-result", _solve, _solved, _panel("calibration"), seconds=60),
        Stop(f"{theme}-calibrate-large", _large, _solved, _panel("calibration")),
    ]


def _photographs(theme: str) -> list[Stop]:
    """From files: load, solve, look at the worst view, straighten it, and a wrong board."""
    if not _folder().is_dir():
        return [Stop(f"{theme}-jobs", partial(_front, dock="jobs"), panel=_panel("jobs"))]
    return [
        Stop(f"{theme}-photographs-loaded", _load, _loaded, _panel("calibration")),
        Stop(f"{theme}-photographs-busy", _solve, _busy, _panel("calibration")),
        Stop(f"{theme}-photographs-result", _nothing, _solved, _panel("calibration"), seconds=60),
        Stop(f"{theme}-photographs-view", _open_worst, _solved, _panel("calibration")),
        Stop(f"{theme}-photographs-wrong-board", _wrong_board, _troubled, _panel("calibration"), seconds=60),
        Stop(f"{theme}-jobs", partial(_front, dock="jobs"), panel=_panel("jobs")),
    ]


def _dialogs(theme: str) -> list[Stop]:
    return [
        Stop(f"{theme}-palette", partial(_do, ids=("window.palette",)), also=lambda window: window.dialogs.palette),
        Stop(f"{theme}-settings", partial(_do, ids=("file.settings",)), also=lambda window: window.dialogs.settings),
        Stop(
            f"{theme}-guide",
            lambda window: window.dialogs.show_help("calibration"),
            also=lambda window: window.dialogs.help,
        ),
        Stop(f"{theme}-failed-source", _fail, _failed, _panel("sources")),
        Stop(f"{theme}-notices", _notices),
    ]


def _again(theme: str) -> list[Stop]:
    """What shows a theme best."""
    photographs = [] if not _folder().is_dir() else _photographs(theme)[:1] + _photographs(theme)[2:4]
    change = Stop(f"{theme}-theme", partial(_only_theme, name=theme))
    begin = Stop(f"{theme}-monitor-sample", _again_from, _playing, _panel("sources"))
    calibrating = [*_calibrating(theme)[1:], *photographs]
    return [
        change,
        begin,
        *calibrating,
        *tour_faces.again(theme),
        *tour_actions.again(theme),
        *tour_diffusion.again(theme),
        *_dialogs(theme)[:2],
    ]


def _panel(dock: str) -> Callable[[Window], Panel]:
    return lambda window: window.panels.by_id()[dock]


def _folder() -> Path:
    return reference(PHOTOGRAPHS)


def _nothing(window: Window) -> None:
    """Only wait."""


def _do(window: Window, ids: tuple[str, ...]) -> None:
    for id in ids:
        window.commands.run(id)


def _theme(window: Window, name: str) -> None:
    window.set_theme(name)
    window.preset("monitor")


def _front(window: Window, dock: str) -> None:
    window.docks.show(dock)


def _sample(window: Window) -> None:
    window.panels.sources.close_form()
    window.commands.run("file.open-sample")


def _properties(window: Window) -> None:
    window.commands.run("view.four")
    window.docks.show("properties")


def _playing(window: Window) -> bool:
    """Every tile that shows something has shown a picture for a while."""
    shown = window.viewer.shown()
    return bool(shown) and all((window.viewer.latency_ms(path) or 0) > 0 for path in shown.values())


def _calibrate_preset(window: Window) -> None:
    window.preset("calibrate")


def _detect(window: Window) -> None:
    window.preset("calibrate")
    window.calibration.watch.look(window.viewer.selected_path(), True)


def _sighted(window: Window) -> bool:
    live = window.calibration.panel.shown.live
    return live is not None and live.sighting is not None and live.sighting.found


def _capture(window: Window) -> None:
    window.calibration.set(auto=True)


def _captured(window: Window) -> bool:
    return len(window.calibration.session.material.views) >= VIEWS


def _solve(window: Window) -> None:
    window.calibration.set(auto=False)
    window.calibration.watch.look(window.calibration.watch.source, False)
    window.calibration.run()


def _large(window: Window) -> None:
    """The docks below closed."""
    for dock in ("jobs", "log"):
        window.docks.docks[dock].close()


def _busy(window: Window) -> bool:
    busy = window.calibration.runs.busy
    return busy is None or busy.total > 0


def _solved(window: Window) -> bool:
    result = window.calibration.session.result
    return window.calibration.runs.busy is None and result is not None and result.loo_rms_px is not None


def _load(window: Window) -> None:
    window.preset("calibrate")
    window.calibration.clear()
    window.notices.clear()
    window.calibration.add([str(path) for path in sorted(_folder().glob("left*.jpg"))])
    window.calibration.set(free_board=True)


def _loaded(window: Window) -> bool:
    return len(window.calibration.session.material.views) == 13


def _open_worst(window: Window) -> None:
    result = window.calibration.session.result
    assert result is not None
    worst = max(result.views, key=lambda view: view.rms_px or 0.0)
    window.calibration.choose_view(worst.path)


def _wrong_board(window: Window) -> None:
    from engines.core.boards import Board

    window.calibration.set_board(Board.parse("chessboard:8x6:25mm"))
    window.calibration.run()


def _troubled(window: Window) -> bool:
    return window.calibration.panel.shown.trouble is not None


def _fail(window: Window) -> None:
    window.sources.add_dropped([str(ROOT / "README.md")])


def _failed(window: Window) -> bool:
    return any(window.services.feeds.feed(id).status().message for id in window.services.feeds.ids())


def _notices(window: Window) -> None:
    from engines.core.boards import Board

    window.calibration.set_board(Board.parse("chessboard:9x6:25mm"))
    window.sources.add_dropped(["nowhere.mp4"])
    window.viewer.select(1)
    window.commands.run("view.snapshot")


def _only_theme(window: Window, name: str) -> None:
    window.set_theme(name)


def _again_from(window: Window) -> None:
    window.calibration.clear()
    window.notices.clear()
    window.preset("monitor")
    window.commands.run("file.open-sample")
