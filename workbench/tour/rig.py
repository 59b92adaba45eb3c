"""The tour's stops at the rig: its panel and every page of its board."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from widgets.calibration.rig.pages.state import Page
from workbench.tour.walk import Stop, panel
from workbench.window.main import Window

MAIN = ("rig-empty",)
"""The main stop."""


def stops(theme: str) -> list[Stop]:
    """The empty panel, then the pages."""
    at = f"{theme}-rig"
    empty = Stop(f"{at}-empty", lambda window: window.preset("rig"), panel=panel("rig"))
    pages = [page for page in Page if page is not Page.VIEWER]
    shown = [Stop(f"{at}-{page}", partial(_show, page=page), lambda _window: True, _board) for page in pages]
    return [empty, *shown, Stop(f"{at}-viewer", partial(_show, page=Page.VIEWER))]


def again(theme: str) -> list[Stop]:
    """What shows a theme best."""
    return stops(theme)[:1]


def _show(window: Window, page: Page) -> None:
    window.features["rig"].choose_page(page)


def _board(window: Window) -> QWidget:
    return window.features["rig"].board
