"""The stops of `main.py tour`: what a newcomer would try, in that order, in the themes asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from engines.core.words import tr
from widgets.shell.start.state import CutOff, CutOffJob
from workbench.plugged import FEATURES
from workbench.tour import first_steps, sources
from workbench.tour.walk import Stop, front, panel
from workbench.window.main import Window

ROOT = Path(__file__).resolve().parents[2]
FORMS = ("usb", "file", "folder", "stream", "tiled", "scene")
MAIN = (("first-start",), ("monitor-sample",))
"""The main stops, with what has to be done before them."""
CRASH = CutOff(
    "Gait study",
    (CutOffJob(1, "Train mnist-dit", tr("Cut off at step {n:,} of {all:,}", n=1200, all=2700), can_resume=True),),
)


def stops(theme: str) -> list[Stop]:
    """All stops; a second theme repeats the ones that show most."""
    first, *others = ("dark", "light") if theme == "both" else (theme,)
    made = _first(first) + _watching(first)
    for feature in _features():
        made += feature.stops(first)
    made += _dialogs(first)
    for name in others:
        made += _again(name)
    return made + first_steps.stops(first) + _starting((first, *others))


def main_stops(theme: str) -> list[Stop]:
    """Those that show most, each begun by itself."""
    first = "dark" if theme == "both" else theme
    mains = [*MAIN, *(feature.MAIN for feature in _features())]
    every = {stop.name.removeprefix(f"{first}-"): stop for stop in stops(first)}
    return [replace(every[names[-1]], act=partial(_all, acts=[every[name].act for name in names])) for names in mains]


def _features() -> list[Any]:
    """The modules with the stops of features."""
    return [import_module(feature.tour) for feature in FEATURES if feature.tour]


def _all(window: Window, acts: Sequence[Callable[[Window], object]]) -> None:
    for act in acts:
        act(window)


def _first(theme: str) -> list[Stop]:
    """An empty window, and the form of every kind of source."""
    begin = Stop(f"{theme}-first-start", partial(_theme, name=theme), panel=lambda window: window.place)
    forms = [
        Stop(
            f"{theme}-add-{kind}",
            partial(_do, ids=(f"source.add-{kind}",)),
            also=lambda window: window.panels.sources.form,
        )
        for kind in FORMS
    ]
    return [begin, *forms]


def _starting(themes: Sequence[str]) -> list[Stop]:
    """The start page once there are projects, after a crash, and while something is dragged over the window."""
    anew = partial(_all, acts=[partial(_do, ids=("file.new",)), _again_from])
    kept = Stop(f"{themes[0]}-start-kept", anew, _kept)
    pages = (("recent", None, False), ("crash", CRASH, False), ("drop", None, True))
    return [kept] + [
        Stop(f"{theme}-start-{name}", partial(_start_page, theme=theme, cut_off=cut_off, aimed=aimed), _started)
        for theme in themes
        for name, cut_off, aimed in pages
    ]


def _kept(window: Window) -> bool:
    """A project with something in it was left for a new one, and is listed."""
    if window.services.feeds.ids():
        if _playing(window):
            window.commands.run("file.new")
        return False
    return window.place.page is not None and bool(window.place.page.recent.cards)


def _start_page(window: Window, theme: str, cut_off: CutOff | None, aimed: bool) -> None:
    window.notices.clear()
    _theme(window, theme)
    if window.services.feeds.ids():
        window.commands.run("file.new")
    window.beginning.show_cut_off(cut_off)
    window.beginning.show_aimed(aimed)


def _started(window: Window) -> bool:
    return window.place.starts


def _watching(theme: str) -> list[Stop]:
    return [
        Stop(f"{theme}-monitor-sample", _sample, _playing, panel("sources")),
        Stop(f"{theme}-tile-maximised", partial(_do, ids=("view.maximise",)), _playing),
        Stop(f"{theme}-nine-tiles", partial(_do, ids=("view.maximise", "view.nine")), _playing),
        Stop(f"{theme}-properties", _properties, _playing, panel("properties")),
        *sources.stops(theme),
        Stop(f"{theme}-log", partial(front, dock="log"), panel=panel("log")),
        Stop(f"{theme}-log-filtered", _log_filtered, panel=panel("log")),
    ]


def _dialogs(theme: str) -> list[Stop]:
    return [
        Stop(f"{theme}-menu", partial(_do, ids=("window.menus",)), _menu_open, also=_first_menu),
        Stop(f"{theme}-palette", _palette, also=lambda window: window.finding.palette),
        Stop(f"{theme}-palette-search", _palette_search, also=lambda window: window.finding.palette),
        Stop(f"{theme}-shortcuts", partial(_do, ids=("help.shortcuts",)), also=lambda window: window.shortcuts.dialog),
        Stop(f"{theme}-settings", partial(_do, ids=("file.settings",)), also=lambda window: window.dialogs.settings),
        Stop(f"{theme}-settings-search", _settings_search, also=lambda window: window.dialogs.settings),
        Stop(f"{theme}-report", partial(_do, ids=("help.report",)), _gathered, also=lambda window: _report(window)),
        Stop(f"{theme}-about", partial(_do, ids=("help.about",)), also=lambda window: window.dialogs.about),
        Stop(
            f"{theme}-guide",
            lambda window: window.dialogs.show_help(FEATURES[0].id),
            also=lambda window: window.dialogs.help,
        ),
        Stop(f"{theme}-failed-source", _fail, _failed, panel("sources")),
        Stop(f"{theme}-notices", _notices),
    ]


def _again(theme: str) -> list[Stop]:
    """What shows a theme best."""
    change = Stop(f"{theme}-theme", lambda window: window.set_theme(theme))
    begin = Stop(f"{theme}-monitor-sample", _again_from, _playing, panel("sources"))
    repeated = [stop for feature in _features() for stop in feature.again(theme)]
    return [change, begin, *repeated, *_dialogs(theme)[:2]]


def _do(window: Window, ids: tuple[str, ...]) -> None:
    for id in ids:
        window.commands.run(id)


def _theme(window: Window, name: str) -> None:
    window.set_theme(name)
    window.preset("monitor")
    window.beginning.follow()


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


def _fail(window: Window) -> None:
    window.sources.add_dropped([str(ROOT / "README.md")])


def _failed(window: Window) -> bool:
    return any(window.services.feeds.feed(id).status().message for id in window.services.feeds.ids())


def _palette(window: Window) -> None:
    """Any menu closes."""
    _first_menu(window).close()
    window.commands.run("window.palette")


def _palette_search(window: Window) -> None:
    window.commands.run("window.palette")
    if window.finding.palette is not None:
        window.finding.palette.field.setText("export")


def _first_menu(window: Window) -> QMenu:
    return next(menu for action in window.menuBar().actions() if isinstance(menu := action.menu(), QMenu))


def _menu_open(window: Window) -> bool:
    return _first_menu(window).isVisible()


def _settings_search(window: Window) -> None:
    window.dialogs.show_settings()
    if window.dialogs.settings is not None:
        window.dialogs.settings.search.setText("folder")


def _report(window: Window) -> QWidget | None:
    return window.dialogs.report.dialog


def _gathered(window: Window) -> bool:
    dialog = window.dialogs.report.dialog
    return dialog is not None and bool(dialog.ticked)


def _log_filtered(window: Window) -> None:
    front(window, "log")
    window.panels.log.origin.set_value("Window")
    window.panels.log.origin.chosen.emit("Window")


def _notices(window: Window) -> None:
    window.sources.add_dropped(["nowhere.mp4"])
    window.viewer.select(1)
    window.commands.run("view.snapshot")


def _again_from(window: Window) -> None:
    window.notices.clear()
    window.preset("monitor")
    window.commands.run("file.open-sample")
