"""What the view paints: pixels, overlays at their places, readout, and figures of its own speed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from engines.core.clock import ManualClock
from engines.core.frames import Frame, Stamp
from widgets.kit.theme import DARK
from widgets.viewer.image_view import ImageView
from widgets.viewer.overlays import Caption, GridCells, Label, Legend, Points, Polygon, Polyline, Vectors


def grabbed(view: ImageView) -> np.ndarray:
    """The painted pixels as B, G, R."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return pixels[:, : image.width(), :3].copy()


@pytest.fixture
def view(qtbot):
    made = ImageView()
    made.resize(200, 100)
    qtbot.addWidget(made)
    return made


def noise(width: int = 200, height: int = 100) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_paints_a_frame_pixel_for_pixel(view):
    image = noise()
    view.set_frame(Frame(image, Stamp("a", 0, 0.0, 0.0)))
    assert np.array_equal(grabbed(view), image)


def test_a_new_frame_replaces_the_old(view):
    view.set_image(noise())
    grabbed(view)
    other = 255 - noise()
    view.set_image(other)
    assert np.array_equal(grabbed(view), other)


def test_a_point_is_drawn_on_the_middle_of_its_pixel(view):
    view.set_image(np.zeros((10, 20, 3), np.uint8))
    view.set_overlays([Points([(10, 4)], color="#ff0000", radius=2, shape="dot")])
    red = grabbed(view)[..., 2] > 200
    rows, columns = np.nonzero(red)
    assert columns.mean() == pytest.approx(10.5 * 10 - 0.5, abs=0.6)
    assert rows.mean() == pytest.approx(4.5 * 10 - 0.5, abs=0.6)


def test_a_point_stays_on_its_pixel_when_zoomed_and_panned(view):
    image = np.zeros((100, 200, 3), np.uint8)
    image[40, 90] = (0, 255, 0)
    view.set_image(image)
    view.zoom(12, QPointF(90.5, 40.5))
    view.pan(7, -5)
    plain = grabbed(view)
    rows, columns = np.nonzero(plain[..., 1] > 200)
    view.set_overlays([Points([(90, 40)], color="#ff0000", radius=2, shape="dot")])
    red_rows, red_columns = np.nonzero(grabbed(view)[..., 2] > 200)
    assert red_columns.mean() == pytest.approx(columns.mean(), abs=1)
    assert red_rows.mean() == pytest.approx(rows.mean(), abs=1)


def test_every_overlay_leaves_its_mark(view):
    for overlay in (
        Points([(50, 50)]),
        Polyline([(10, 10), (90, 60)]),
        Polygon([(10, 10), (90, 10), (50, 80)], fill=0.2),
        Vectors([(50, 50)], [(50.5, 50)], scale=40),
        GridCells(4, 2, [1, 0] * 4),
        Label("Ada", (50, 50)),
        Caption("Tilt the board"),
        Legend([("found", "accent", "ring"), ("missing", "warn", "cross")]),
    ):
        view.set_image(np.full((100, 200, 3), 90, np.uint8))
        before = grabbed(view)
        view.set_overlays([overlay])
        assert (grabbed(view) != before).any(), overlay
        view.set_overlays([])


def test_residuals_are_drawn_longer_by_their_scale(view):
    view.set_image(np.zeros((100, 200, 3), np.uint8))
    view.set_overlays([Vectors([(50, 50)], [(51, 50)], scale=60, color="#ff0000")])
    columns = np.nonzero(grabbed(view)[..., 2] > 200)[1]
    assert columns.max() == pytest.approx(50 + 60, abs=4)


def test_coverage_cells_lie_on_their_part_of_the_picture(view):
    view.set_image(np.zeros((100, 200, 3), np.uint8))
    view.set_overlays([GridCells(2, 1, [0, 1], color="#00ff00", alpha=1.0, outline=False)])
    green = grabbed(view)[..., 1]
    assert (green[10:90, 102:198] > 200).all()
    assert (green[10:90, 2:98] == 0).all()


def test_the_letterbox_is_the_base_of_the_theme(view):
    view.set_image(np.full((100, 100, 3), 255, np.uint8))
    edge = grabbed(view)[50, 10]
    assert tuple(edge[::-1]) == DARK.color("base").getRgb()[:3]


def test_the_wheel_keeps_the_pixel_under_the_cursor(view):
    view.set_image(noise())
    at = QPointF(140, 30)
    before = view.viewport.to_image(at)
    wheel = QWheelEvent(
        at, at, QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, wheel)
    assert view.viewport.scale == pytest.approx(1.25**2)
    assert view.viewport.to_image(at) == pytest.approx(before, abs=0.6)


def test_a_pixel_is_told_as_red_green_blue(view):
    image = noise()
    image[30, 40] = (1, 2, 3)
    view.set_image(image)
    assert view.value_at(40.2, 29.9) == "R 3 G 2 B 1"
    assert view.value_at(-1, 5) == ""


def test_drag_moves_the_zoomed_picture(view, qtbot):
    view.set_image(noise())
    view.zoom(4)
    left = view.viewport.left
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 50))
    qtbot.mouseMove(view, QPoint(80, 50))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(80, 50))
    assert view.viewport.left == pytest.approx(left - 20, abs=1)
    view.fit()
    assert view.viewport.fitted


def test_double_click_activates(view, qtbot):
    with qtbot.waitSignal(view.activated):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)


def test_the_snapshot_is_the_full_picture_and_a_copy(view):
    image = noise(400, 300)
    view.set_image(image)
    shot = view.snapshot()
    assert np.array_equal(shot, image)
    assert not np.shares_memory(shot, image)
    view.clear("Nothing")
    with pytest.raises(ValueError, match="No picture"):
        view.snapshot()


def test_refuses_what_is_no_picture(view):
    with pytest.raises(ValueError, match="uint8"):
        view.set_image(np.zeros((10, 10, 3), np.float32))


def test_counts_each_frame_once_and_knows_its_age(qtbot):
    clock = ManualClock(100.0)
    view = ImageView(clock=clock)
    qtbot.addWidget(view)
    view.resize(200, 100)
    view.set_frame(Frame(noise(), Stamp("a", 0, 99.96, 0.0)))
    grabbed(view)
    view.set_overlays([Caption("only the overlay is new")])
    grabbed(view)
    assert view.paint_stats.frames == 1
    assert float(np.median(view.paint_stats.latencies)) == pytest.approx(0.04)


def test_a_picture_that_stands_still_does_not_grow_old(qtbot):
    """An engine draws over it again and again; another view shows it for the first time after minutes."""
    clock = ManualClock(100.0)
    view, late = ImageView(clock=clock), ImageView(clock=clock)
    for each in (view, late):
        qtbot.addWidget(each)
        each.resize(200, 100)
    frame = Frame(noise(), Stamp("a", 0, 99.96, 0.0))
    view.set_frame(frame)
    view.set_frame(frame)
    grabbed(view)
    clock.advance(428.0)
    for each in (view, late):
        each.set_frame(frame, moving=False)
        grabbed(each)
    view.set_frame(frame)
    grabbed(view)
    assert list(view.paint_stats.latencies) == [pytest.approx(0.04)]
    assert not late.paint_stats.latencies


def test_an_overlay_alone_does_not_scale_the_picture_again(view, monkeypatch):
    calls = []
    from widgets.viewer import image_view

    real = image_view.scaled
    monkeypatch.setattr(image_view, "scaled", lambda *given: calls.append(1) or real(*given))
    view.set_image(noise())
    grabbed(view)
    view.set_overlays([Caption("new")])
    grabbed(view)
    assert len(calls) == 1


def test_a_click_tells_where_in_the_picture_and_a_drag_does_not(view, qtbot):
    view.set_image(np.zeros((10, 20, 3), np.uint8))
    heard = []
    view.clicked.connect(lambda *at: heard.append(at))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(105, 45))
    qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=QPoint(105, 45))
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(105, 45))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(125, 45))
    assert heard == [pytest.approx((10.0, 4.0), abs=0.05)]
