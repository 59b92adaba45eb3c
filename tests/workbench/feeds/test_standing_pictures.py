"""A picture that stands still: what an engine drew on it goes when that engine is stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.workbench.opened import Opened, until
from widgets.viewer.overlays import Caption

ENGINE = "tested"


def test_what_an_engine_drew_on_a_paused_picture_goes_with_it(
    open_window: Callable[..., Opened], pictures: Path, qtbot
) -> None:
    window = open_window(str(pictures)).window
    viewer, feeds = window.viewer, window.services.feeds
    until(qtbot, lambda: feeds.ids() and viewer.newest(feeds.ids()[0]) is not None)
    path = feeds.ids()[0]
    feeds.feed(path).pause()
    until(qtbot, lambda: not feeds.plays(path))
    drawn = Caption("wave 64 %")
    viewer.set_engine(ENGINE, path, True)
    viewer.show_overlays(ENGINE, viewer.newest(path).stamp, [drawn])
    tile = viewer.grid.tile(0)
    assert tile._overlays == (drawn,)
    viewer.set_engine(ENGINE, path, False)
    assert tile._overlays == ()
