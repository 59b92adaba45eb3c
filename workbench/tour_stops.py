"""The stops of `main.py tour`: what a newcomer would try, in that order, in the themes asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from workbench.touring import Stop
from workbench.window import Window

PHOTOGRAPHS = "calibration/opencv_stereo_chessboard"
FORMS = ("usb", "file", "folder", "stream", "tiled", "scene")


def stops(theme: str) -> list[Stop]:
    """All stops; the light theme repeats the ones that show most."""
    chosen = ("dark", "light") if theme == "both" else (theme,)
    made: list[Stop] = []
    for name in chosen:
        made += _walk(name, short=name != chosen[0])
    return made


def _walk(theme: str, short: bool) -> list[Stop]:
    begin = [Stop(f"{theme}-first-start", partial(_begin, theme=theme), panel=_panel("sources"))]
    forms = (
        []
        if short
        else [Stop(f"{theme}-add-{kind}", partial(_form, kind=kind), panel=_panel("sources")) for kind in FORMS]
    )
    return begin + forms + _watching(theme, short) + _calibrating(theme, short) + ([] if short else _dialogs(theme))


def _watching(theme: str, short: bool) -> list[Stop]:
    sample = Stop(f"{theme}-monitor-sample", _sample, _playing, _panel("sources"))
    more = [
        Stop(f"{theme}-tile-maximised", partial(_do, ids=("view.maximise",)), _playing),
        Stop(f"{theme}-tile-restored", partial(_do, ids=("view.maximise",)), _playing),
        Stop(f"{theme}-properties", partial(_front, dock="properties"), _playing, _panel("properties")),
        Stop(f"{theme}-log", partial(_front, dock="log"), panel=_panel("log")),
    ]
    return [sample] if short else [sample, *more]


def _calibrating(theme: str, short: bool) -> list[Stop]:
    stops = [
        Stop(f"{theme}-calibrate-empty", _calibrate_preset, panel=_panel("calibration")),
        Stop(f"{theme}-calibrate-live", _detect, _sighted, _panel("calibration")),
        Stop(f"{theme}-calibrate-captured", _capture, _captured, _panel("calibration"), seconds=60),
        Stop(f"{theme}-calibrate-result", _solve, _solved, _panel("calibration"), seconds=60),
        Stop(f"{theme}-calibrate-view", _open_worst, _solved, _panel("calibration")),
        Stop(f"{theme}-jobs", partial(_front, dock="jobs"), panel=_panel("jobs")),
    ]
    return [stops[1], stops[2], stops[3]] if short else stops


def _dialogs(theme: str) -> list[Stop]:
    return [
        Stop(f"{theme}-palette", partial(_do, ids=("window.palette",))),
        Stop(f"{theme}-settings", partial(_do, ids=("file.settings",))),
        Stop(f"{theme}-guide", partial(_do, ids=("help.guide",))),
    ]


def _panel(dock: str) -> Callable[[Window], QWidget]:
    return lambda window: window.panels[dock]
