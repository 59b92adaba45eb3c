"""The verify page: two pictures, what was compared in them, and how sure the verdict is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from engines.core.frames import Size
from tests.widgets.faces.face_views import LONG, VERIFIED, VERIFY, picture
from widgets.faces.state import Busy, FacesView, Page
from widgets.faces.studies.verify_page import VerifyPage, stats
from widgets.faces.words import alike_words, file_name, interval, one_in, similarity
from widgets.kit.theme import LOOK


@pytest.fixture
def page(qtbot):
    made = VerifyPage()
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    made.show_state(VERIFY)
    return made


def shown(**what) -> FacesView:
    return replace(VERIFY, verify=replace(VERIFY.verify, **what))


def drop(widget, path: str) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    event = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    widget.dropEvent(event)


def test_the_verdict_is_told_in_words_with_its_figures(page):
    assert page.verdict.text() == "Same person"
    assert "The right face is small." in page.advice.text()
    values = [row[1].text() for row in page.stats._rows]
    assert values == ["0.712", "1 in 310,000", "99.87 %"]
    assert page.pictures["a"].lines == ("a.jpg", "2 further faces left aside")


@pytest.mark.parametrize(("verdict", "words"), [("different", "Different people"), ("not sure", "Not sure")])
def test_every_verdict_has_words_and_a_mark(page, verdict, words):
    page.show_state(shown(result=replace(VERIFIED, verdict=verdict)))
    assert page.verdict.text() == words
    assert page.mark.isVisibleTo(page)
    assert page.mark.shown[0]


@pytest.mark.parametrize("side", ["a", "b"])
def test_the_face_is_marked_where_it_is_in_a_reduced_picture(page, side):
    """The frame's corners, and the points within, lie at the same shares of the picture as in the whole."""
    view, face = page.pictures[side], getattr(VERIFIED, f"face_{side}")
    size = getattr(VERIFY.verify, f"size_{side}")
    box = view.place()
    corner = view.at(face.box.x - 0.5, face.box.y - 0.5)
    assert corner.x() == pytest.approx(box.left() + box.width() * face.box.x / size.width)
    assert corner.y() == pytest.approx(box.top() + box.height() * face.box.y / size.height)
    shot, accent = view.grab().toImage(), LOOK.now.color("accent")
    for point in face.points:
        assert shot.pixelColor(view.at(*point).toPoint()) == accent
    nothing = view.at(face.box.x + face.box.width / 4, face.box.y + face.box.height / 8).toPoint()
    level = VERIFY.thumbs[f"verify:{side}"][0, 0, 0]
    assert shot.pixelColor(nothing).red() == level


def test_a_picture_keeps_its_aspect(page):
    for side, aspect in (("a", 320 / 240), ("b", 100 / 200)):
        box = page.pictures[side].place()
        assert box.width() / box.height() == pytest.approx(aspect)


def test_a_large_picture_of_unknown_size_is_not_marked_in_a_wrong_place(page):
    thumbs = {"verify:a": picture(60, 640, 480), "verify:b": picture(60)}
    page.show_state(replace(shown(size_a=None, size_b=None), thumbs=thumbs))
    assert page.pictures["a"].at(5, 5) is None
    assert page.pictures["b"].at(5, 5) is not None
    page.grab()


def test_a_picture_that_is_not_here_is_asked_for_once_by_its_path(page, qtbot):
    bare = replace(shown(a="/photos/new.jpg", result=None), thumbs={"verify:b": picture(9)})
    with qtbot.waitSignal(page.thumbsWanted) as heard:
        page.show_state(bare)
    assert heard.args == [["/photos/new.jpg"]]
    with qtbot.assertNotEmitted(page.thumbsWanted):
        page.show_state(bare)
    page.show_state(replace(bare, thumbs={"/photos/new.jpg": picture(90)}))
    assert page.pictures["a"].filled


def test_the_aligned_face_stands_in_a_corner_where_there_is_room(page):
    thumbs = {**VERIFY.thumbs, "verify:a:face": picture(250, 112, 112)}
    page.show_state(replace(VERIFY, thumbs=thumbs))
    view = page.pictures["a"]
    box = view.place()
    inside = QPoint(round(box.left() + 40), round(box.bottom() - 40))
    assert view.grab().toImage().pixelColor(inside).red() == 250
    page.resize(420, 320)
    page.grab()
    box = view.place()
    assert box.width() < 3 * 72
    assert view.grab().toImage().pixelColor(QPoint(round(box.left() + 40), round(box.bottom() - 40))).red() != 250


def test_pictures_are_asked_for_by_click_key_and_drop(page, qtbot):
    for side, view in page.pictures.items():
        with qtbot.waitSignal(page.pictureWanted) as heard:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
        assert heard.args == [side]
        with qtbot.waitSignal(page.pictureWanted) as heard:
            qtbot.keyClick(view, Qt.Key.Key_Return)
        assert heard.args == [side]
        with qtbot.waitSignal(page.pictureDropped) as dropped:
            drop(view, f"/photos/{side}.png")
        assert dropped.args == [side, f"/photos/{side}.png"]


def test_what_is_missing_is_said_and_work_can_be_cancelled(page, qtbot):
    page.show_state(FacesView(page=Page.VERIFY))
    assert page.verdict.text().startswith("Choose two pictures")
    assert not page.pictures["a"].filled
    page.show_state(shown(b="", result=None))
    assert page.verdict.text() == "Choose the other picture"
    page.show_state(shown(result=None, busy=Busy("Looking", 1, 2)))
    assert page.verdict.text() == "Comparing"
    with qtbot.waitSignal(page.progress.cancelled):
        page.progress.cancel.click()


def test_an_equal_state_touches_nothing(page, monkeypatch):
    painted = []
    for view in page.pictures.values():
        monkeypatch.setattr(view, "update", lambda: painted.append(1))
    monkeypatch.setattr(page.stats, "set_stats", lambda _stats: painted.append(1))
    page.show_state(shown(result=replace(VERIFIED), size_a=Size(640, 480)))
    assert not painted


def test_long_names_and_narrow_windows_cut_nothing(page):
    page.resize(440, 420)
    assert page.width() == 440
    page.grab()
    labels = [one for one in page.findChildren(QLabel) if one.isVisible() and one.text()]
    places = [one.rect().translated(one.mapTo(page, QPoint(0, 0))) for one in labels]
    assert all(page.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[n + 1 :])
    assert LONG in page.pictures["b"].accessibleName()


@pytest.mark.parametrize(
    ("rate", "words"),
    [(0.5, "1 in 2"), (0.26, "1 in 3.8"), (0.01, "1 in 100"), (8.3e-5, "1 in 12,000"), (0.0, "practically never"),
     (3.1e-7, "1 in 3.2 million"), (1.0, "always")],
)  # fmt: skip
def test_rates_in_words(rate, words):
    assert one_in(rate) == words


def test_figures_in_words():
    assert interval((0.0078, 0.0131)) == "0.78–1.3 %"
    assert interval(None) == similarity(None) == "–"
    assert file_name("C:\\photos\\a.jpg") == file_name("/photos/a.jpg") == "a.jpg"


def test_a_probability_says_for_which_odds_and_how_many_strangers_look_alike():
    shown = {stat.label: stat.value for stat in stats(replace(VERIFIED, probability=0.59, far=1e-3))}
    assert (shown["Same person, at even odds"], shown["Strangers alike"]) == ("59 %", "1 in 1,000")
    assert "Same person" not in shown


@pytest.mark.parametrize(
    ("share", "words"),
    [(1e-4, "1 stranger in 10,000 looks this alike"), (1.0, "any stranger"), (0.0, "hardly any stranger")],
)
def test_how_alike_in_words(share, words):
    assert alike_words(share).startswith(words)
