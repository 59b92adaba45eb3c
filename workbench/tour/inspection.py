"""The tour's stops at the Inspector: a model that runs on a picture, one with attention, and a file that is refused.

What is in the model store is taken where it is on this machine, else networks and the rig that come with the program.
"""

from __future__ import annotations

import os
import pickle
from functools import partial
from tempfile import mkdtemp
from typing import Any

from engines.core.errors import KinoscopeError
from engines.core.store.fetching import load_path
from widgets.inspection.state import InspectionView, Page
from workbench.tour.walk import Stop, begin_at, show_page, stops_at, themed
from workbench.window.main import Window

MAIN = ("inspection-empty", "inspection-activations")
"""The main stop, after what has to be done before it."""
OURS, PICTURES = "mnist-dit", "efficientnet-lite0"
EARLY = "_blocks.3._bn0.clip"
"""A layer whose maps are large enough to see a face in."""
COMPARED, CHANNEL = ("astronaut", "chelsea"), 12
LONG = 120


def stops(theme: str) -> list[Stop]:
    """Every page with nothing, then with a model: a network of pictures, one with attention, a hostile pickle."""
    stop = partial(stops_at("inspection", theme), seconds=LONG)
    page = partial(show_page, feature="inspection")
    return [
        stop("empty", partial(begin_at, theme=theme, feature="inspection", page=Page.MODEL)),
        stop("activations-empty", partial(page, page=Page.ACTIVATIONS)),
        stop("refused", partial(_open_at, page=Page.MODEL, make=_hostile), _told),
        stop("model", partial(_open_at, page=Page.MODEL, make=_pictures), _opened),
        stop("graph", partial(page, page=Page.GRAPH), _drawn),
        stop("activations", _early_maps, _maps_seen),
        stop("field", partial(_look_at, page=Page.FIELD), _seen),
        stop("attribution-empty", partial(page, page=Page.ATTRIBUTION)),
        stop("attribution", _explain, _explained),
        *([stop("compare", _compare, _compared)] if _there(*COMPARED) else []),
        stop("attention", partial(_open_at, page=Page.ATTENTION, make=lambda: OURS), _seen),
        stop("graph-of-attention", partial(page, page=Page.GRAPH), _drawn),
        stop("done", partial(page, page=Page.MODEL)),
    ]


def again(theme: str) -> list[Stop]:
    """What shows a theme best."""
    stop = partial(stops_at("inspection", theme), seconds=LONG)
    begin = partial(begin_at, theme=theme, feature="inspection", page=Page.MODEL)
    page = partial(show_page, feature="inspection")
    return [
        stop("model", begin, partial(themed, theme=theme)),
        stop("graph", partial(page, page=Page.GRAPH), _drawn),
        stop("attention", partial(page, page=Page.ATTENTION), _seen),
        stop("pictures", partial(_open_at, page=Page.ACTIVATIONS, make=_pictures), _seen),
        stop("field", partial(_look_at, page=Page.FIELD), _seen),
    ]


def _view(window: Window) -> InspectionView:
    view: InspectionView = window.features["inspection"].view
    return view


def _there(*names: str) -> bool:
    """Whether these are in the model store."""
    try:
        return all(load_path(name) for name in names)
    except KinoscopeError:
        return False


def _pictures() -> str:
    """A network that takes colour pictures, if it is on this machine."""
    return PICTURES if _there(PICTURES) else "mnist-classifier"


def _hostile() -> str:
    """A pickle that would run a command, were it loaded."""
    path = os.path.join(mkdtemp(prefix="kinoscope-tour-"), "downloaded.pth")
    with open(path, "wb") as file:
        file.write(pickle.dumps(_Command()))
    return path


class _Command:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("echo this would have run",)


def _open_at(window: Window, page: Page, make: Any) -> None:
    desk = window.features["inspection"]
    desk.open_model(make())
    desk.choose_page(page)


def _look_at(window: Window, page: Page) -> None:
    """The portrait where it is on this machine, else the rig."""
    desk = window.features["inspection"]
    if not any("astronaut" in choice.title.lower() for choice in _view(window).look.sources):
        desk.open_sample()
    desk.choose_page(page)


def _early_maps(window: Window) -> None:
    """Of a network that takes pictures, opened if none is."""
    if not window.features["inspection"].is_open:
        window.features["inspection"].open_model(_pictures())
    _look_at(window, Page.ACTIVATIONS)
    if _there(PICTURES):
        window.features["inspection"].edit(Page.ACTIVATIONS, {"layer": EARLY, "channel": CHANNEL})


def _told(window: Window) -> bool:
    view = _view(window)
    return view.busy is None and (view.trouble is not None or view.model.sheet is not None)


def _opened(window: Window) -> bool:
    return _view(window).model.busy is None and _view(window).model.sheet is not None


def _drawn(window: Window) -> bool:
    return _opened(window) and _view(window).busy is None


def _seen(window: Window) -> bool:
    view = _view(window)
    return _opened(window) and view.look.look is not None and view.busy is None


def _maps_seen(window: Window) -> bool:
    look = _view(window).look
    return _seen(window) and look.look is not None and look.look.seen.layer == (look.spec.layer or look.look.seen.layer)


def _explain(window: Window) -> None:
    desk = window.features["inspection"]
    desk.choose_page(Page.ATTRIBUTION)
    desk.start(Page.ATTRIBUTION)


def _explained(window: Window) -> bool:
    view = _view(window)
    return view.trouble is not None or (view.busy is None and view.attribution.result is not None)


def _compare(window: Window) -> None:
    """One network on two pictures."""
    desk = window.features["inspection"]
    first, other = (str(load_path(name)) for name in COMPARED)
    desk.edit(Page.COMPARE, {"picture": first, "other": other})
    desk.set_form(compared_on="file")
    desk.choose_page(Page.COMPARE)
    desk.start(Page.COMPARE)


def _compared(window: Window) -> bool:
    view = _view(window)
    return view.trouble is not None or (view.busy is None and view.compare.result is not None)
