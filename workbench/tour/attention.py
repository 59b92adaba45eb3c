"""The tour's stops at the attention lab: kinds compared on short lengths, and a comparison that is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from engines.attention.types import CompareSpec, SeeSpec, WatchSpec
from widgets.attention.state import AttentionView, Page
from workbench.tour.walk import Stop, begin_at, show_page, stops_at, themed
from workbench.window.main import Window

SHORT = CompareSpec(lengths=(64, 128, 256, 512, 1024), threads=1, repeats=3)
CAUSAL = WatchSpec(length=32, query_tile=8, key_tile=8, causal=True, seed=2)
PATCH = 16
"""Of the picture: the row that is looked at."""
MAIN = ("attention-empty", "attention-see")
"""The main stop, after what has to be done before it."""


def stops(theme: str) -> list[Stop]:
    """Nothing yet, a comparison under way, its curves, its throughput under the roofline, and one that fails."""
    stop = partial(stops_at("attention", theme), seconds=180)
    return [
        stop("empty", partial(begin_at, theme=theme, feature="attention", page=Page.COMPARE)),
        stop("comparing", _compare, _half_way),
        stop("compared", _compare, _compared),
        stop("roofline", partial(_show, measure="speed")),
        stop("memory", partial(_show, measure="memory")),
        stop("failed", _no_gpu, _refused),
        stop("done", _rest),
        stop("watch", partial(_watch, spec=WatchSpec()), _watched),
        stop("watch-causal", partial(_watch, spec=CAUSAL), _watched),
        stop("watch-backward", partial(_watch, spec=replace(CAUSAL, backward=True)), partial(_watched, share=0.45)),
        stop("see-empty", partial(show_page, feature="attention", page=Page.SEE)),
        stop("see", partial(_see, spec=SeeSpec()), _seen),
        stop("see-unet", partial(_see, spec=SeeSpec("mnist-unet", 7, 18, 4)), _seen),
        stop("watch-head", _watch_head, _watched),
    ]


def again(theme: str) -> list[Stop]:
    """What shows a theme best; of results that are there."""
    stop = stops_at("attention", theme)
    begin = partial(begin_at, theme=theme, feature="attention", page=Page.COMPARE)
    return [
        stop("compared", begin, partial(themed, theme=theme)),
        stop("roofline", partial(_show, measure="speed")),
        stop("watch", partial(show_page, feature="attention", page=Page.WATCH)),
        stop("see", partial(show_page, feature="attention", page=Page.SEE)),
    ]


def _view(window: Window) -> AttentionView:
    return window.features["attention"].view


def _compare(window: Window) -> None:
    """Once; a comparison under way goes on."""
    lab = window.features["attention"]
    if _view(window).busy is None:
        lab.panel.compareChanged.emit(SHORT)
        window.commands.run("attention.compare")


def _half_way(window: Window) -> bool:
    """Some lengths are there."""
    result = _view(window).compare.result
    return result is not None and len(result.auto) >= 3


def _compared(window: Window) -> bool:
    shown = _view(window).compare
    return shown.busy is None and shown.result is not None


def _show(window: Window, measure: str) -> None:
    page = window.features["attention"].board.page(Page.COMPARE)
    page.which.set_value(measure)
    page.which.chosen.emit(measure)


def _no_gpu(window: Window) -> None:
    """A window that shows nothing."""
    lab = window.features["attention"]
    lab.panel.compareChanged.emit(replace(SHORT, device="cuda:7"))
    window.commands.run("attention.compare")


def _refused(window: Window) -> bool:
    return _view(window).trouble is not None


def _rest(window: Window) -> None:
    lab = window.features["attention"]
    lab.dismiss()
    lab.panel.compareChanged.emit(SHORT)


def _watch(window: Window, spec: WatchSpec) -> None:
    lab = window.features["attention"]
    lab.panel.watchChanged.emit(spec)
    lab.open_page(Page.WATCH)


def _watch_head(window: Window) -> None:
    lab = window.features["attention"]
    lab.panel.watchChanged.emit(WatchSpec(query_tile=7, key_tile=7))
    lab.board.page(Page.SEE).watch.click()


def _watched(window: Window, share: float = 0.6) -> bool:
    """Stopped on the way, so that the picture is the same every time."""
    page = window.features["attention"].board.page(Page.WATCH)
    page.bar.go(round(share * page.bar.last))
    return True


def _see(window: Window, spec: SeeSpec) -> None:
    lab = window.features["attention"]
    lab.panel.seeChanged.emit(spec)
    window.commands.run("attention.see")
    lab.see()


def _seen(window: Window) -> bool:
    shown, lab = _view(window).see, window.features["attention"]
    if shown.busy is not None or shown.result is None or shown.result.spec != shown.spec:
        return False
    page = lab.board.page(Page.SEE)
    page.bar.go(round(0.7 * page.bar.last))
    page.map.chosen.emit(PATCH)
    return True
