"""The tour's stops at the rig: from an empty panel by one click to a solved rig, and every page of its board."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from widgets.calibration.rig.pages.state import Page
from workbench.tour import rig_beside, rig_space
from workbench.tour.walk import Stop, nothing, panel
from workbench.window.main import Window

PICTURES, APART = 16, 0.8
"""Pictures of the rendered rig, and seconds between them."""
FORMS = {"all-cameras": "frame", "all-frames": "field", "scatter": "cloud"}
"""What the page of the rig shows besides one picture."""
MAIN = ("rig-empty",)
"""The main stop."""


def stops(theme: str) -> list[Stop]:
    """The empty panel, pictures being taken, the solver at work, the result, then the pages."""
    at, of = f"{theme}-rig", panel("rig")
    return [
        Stop(f"{at}-empty", partial(_begin, theme=theme), panel=of),
        Stop(f"{at}-taking", _take, _taking, of, seconds=60),
        Stop(f"{at}-busy", nothing, _solving, of, seconds=90),
        Stop(f"{at}-result", nothing, _solved, of, seconds=240),
        *_pages(theme),
    ]


def again(theme: str) -> list[Stop]:
    """What shows a theme best: the result, and the pages."""
    return [Stop(f"{theme}-rig-result", partial(_front, theme=theme), _solved, panel("rig")), *_pages(theme)]


def _pages(theme: str) -> list[Stop]:
    at = f"{theme}-rig"
    picture = Stop(f"{at}-rig", partial(_form, form="picture"), _rests, _board, 60)
    prepare = Stop(f"{at}-prepare", _prepare, _looked, _board, 60)
    made = [
        prepare,
        *(Stop(f"{at}-{page}", partial(_show, page=page), _rests, _board, 60) for page in (Page.PAIR, Page.SPACE)),
    ]
    forms = [Stop(f"{at}-{name}", partial(_form, form=form), _rests, _board) for name, form in FORMS.items()]
    viewer = Stop(f"{at}-viewer", partial(_show, page=Page.VIEWER))
    return [picture, *forms, *made, *rig_space.stops(at), *rig_beside.stops(at), viewer]


def _front(window: Window, theme: str) -> None:
    if window.services.settings.value.theme != theme:
        window.set_theme(theme)
    window.preset("rig")


def _begin(window: Window, theme: str) -> None:
    _front(window, theme)
    window.features["rig"].clear()
    window.notices.clear()


def _take(window: Window) -> None:
    it = window.features["rig"]
    it.panel.pictures.take.counted.emit(PICTURES, APART)
    it.open_sample()


def _taking(window: Window) -> bool:
    it = window.features["rig"]
    return it.takes.state.done >= PICTURES // 2 or it.trouble is not None


def _solving(window: Window) -> bool:
    it = window.features["rig"]
    return bool(it.panel.shown.steps) or it.trouble is not None


def _solved(window: Window) -> bool:
    it = window.features["rig"]
    return it.jobs.busy is None and (it.trouble is not None or it.session.result is not None)


def _rests(window: Window) -> bool:
    return _solved(window) and all(part.busy is None for part in window.features["rig"].pages.parts.values())


def _looked(window: Window) -> bool:
    part = window.features["rig"].pages.parts[Page.PREPARE]
    return part.trouble is not None or (part.view.picture is not None and not part.view.looking)


def _prepare(window: Window) -> None:
    """The sample's tiled recording, as it is to be cut."""
    _show(window, Page.PREPARE)
    part = window.features["rig"].pages.parts[Page.PREPARE]
    if part.view.picture is None:
        part.begin()


def _show(window: Window, page: Page) -> None:
    window.features["rig"].choose_page(page)


def _form(window: Window, form: str) -> None:
    _show(window, Page.RIG)
    window.features["rig"].board.page(Page.RIG).show_form(form)


def _board(window: Window) -> QWidget:
    return window.features["rig"].board
