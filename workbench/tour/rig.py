"""The tour's stops at the rig: from an empty panel by one click to a solved rig, and every page of its board."""

from __future__ import annotations

from functools import partial

from widgets.calibration.rig.pages.pair import PairPage
from widgets.calibration.rig.pages.pair_picture import Showing
from widgets.calibration.rig.pages.state import Page
from widgets.kit.panel import Section
from workbench.tour import rig_beside, rig_space
from workbench.tour.walk import Stop, board, nothing, panel
from workbench.window.main import Window

PICTURES, APART = 16, 0.8
"""Pictures of the rendered rig, and seconds between them."""
FORMS = {"all-cameras": "frame", "all-frames": "field", "scatter": "cloud"}
"""What the page of the rig shows besides one picture."""
PAIR: dict[str, Showing] = {"pair": "pictures", "pair-over": "over", "pair-depth": "depth"}
"""What the page of two cameras shows."""
SETS = 6
"""Captured live before that picture is taken."""
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
    picture = Stop(f"{at}-rig", partial(_form, form="picture"), _rests, board("rig"), 60)
    prepare = Stop(f"{at}-prepare", _prepare, _looked, board("rig"), 60)
    pair = [Stop(f"{at}-{name}", partial(_pair, form=form), _paired, board("rig"), 60) for name, form in PAIR.items()]
    space = Stop(f"{at}-space", partial(_show, page=Page.SPACE), _rests, board("rig"), 60)
    forms = [Stop(f"{at}-{name}", partial(_form, form=form), _rests, board("rig")) for name, form in FORMS.items()]
    viewer = Stop(f"{at}-viewer", partial(_show, page=Page.VIEWER))
    live = Stop(f"{at}-live", _look, _sighted, panel("rig"), 60)
    use = Stop(f"{at}-use", _use, _measures, panel("rig"))
    return [picture, *forms, prepare, *pair, space, *rig_space.stops(at), *rig_beside.stops(at), viewer, use, live]


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


def _pair(window: Window, form: Showing) -> None:
    _show(window, Page.PAIR)
    page = window.features["rig"].board.page(Page.PAIR)
    assert isinstance(page, PairPage)
    page.show_form(form)


def _paired(window: Window) -> bool:
    """Both pictures are there, or what keeps them away is told."""
    it = window.features["rig"]
    pair = it.pages.parts[Page.PAIR].fields["pair"]
    return it.session.result is None or pair.seen is not None or not pair.pairs


def _use(window: Window) -> None:
    """The rig kept for its sources, and a point to be measured."""
    it = window.features["rig"]
    _show(window, Page.VIEWER)
    if it.use.used is None:
        it.use.keep()
    it.use.measure(True)
    _unfold(window, it.panel.use)


def _measures(window: Window) -> bool:
    it = window.features["rig"]
    return bool(it.panel.shown.use.used) or it.session.result is None


def _look(window: Window) -> None:
    """The board is looked for in all cameras."""
    it = window.features["rig"]
    it.use.measure(False)
    if it.live.chosen:
        it.live.look(True)
    _unfold(window, it.panel.live)


def _sighted(window: Window) -> bool:
    """Some sets are there, and two cameras see the board now."""
    it = window.features["rig"]
    live = it.panel.shown.live
    seen = () if live.sighting is None else live.sighting.cameras
    return not it.live.chosen or (live.sets >= SETS and sum(one.found for one in seen) > 1)


def _unfold(window: Window, section: Section) -> None:
    """Only this section of the panel is open, and seen."""
    panel = window.features["rig"].panel
    for other in (panel.report.distances, panel.report.lenses, panel.live, panel.use):
        other.set_folded(other is not section)
