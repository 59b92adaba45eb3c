"""The audit page: the ranked list, the chosen image beside what speaks against it, and what is done with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from engines.core.pictures.files import LeftOut
from engines.faces.study_types import Audit
from tests.widgets.faces.face_views import AUDIT, LONG, SUSPICIONS, picture
from widgets.faces.state import AuditView, Busy, FacesView, Page
from widgets.faces.studies.audit_page import AuditPage
from widgets.faces.studies.audit_words import chance, kinds_of, state_words

ACTS = (("D", "suspicionDismissed"), ("M", "suspicionMoved"), ("Delete", "suspicionRemoved"))


@pytest.fixture
def page(qtbot):
    made = AuditPage()
    qtbot.addWidget(made)
    made.resize(1000, 640)
    with qtbot.waitExposed(made):
        made.show()
    made.show_state(AUDIT)
    return made


def shown(**what) -> FacesView:
    return replace(AUDIT, audit=replace(AUDIT.audit, **what))


def press(qtbot, page, key: str) -> None:
    qtbot.keyClick(page.list, getattr(Qt.Key, f"Key_{key}"))


def test_the_head_says_what_was_looked_at_and_how_far_one_is(page):
    assert page.title.text() == "lab.gallery"
    assert page.title.toolTip() == "/galleries/lab.gallery"
    assert page.state.text() == "5 suspicions among 2,951 pictures of 1,265 people · 1 picture without a face · 8.2 s"
    view = replace(AUDIT.audit, dismissed=frozenset({1, 2}), settled=frozenset({2, 3}))
    assert "3 done" in state_words(view)


def test_rows_are_said_in_full(page):
    words = [page.list.model().index(row).data() for row in range(5)]
    assert words[0] == f"1: Ada, wrong name, 69 % likely. {SUSPICIONS[0].reason}"
    assert LONG in words[1]
    page.show_state(shown(dismissed=frozenset({0}), settled=frozenset({1})))
    words = [page.list.model().index(row).data() for row in range(2)]
    assert "name is right" in words[0]
    assert "settled" in words[1]


def test_the_chosen_one_stands_beside_what_it_resembles_and_beside_its_own(page):
    detail = page.detail
    assert detail.image.lines == ("Ada", "Ada_0001.jpg")
    assert detail.like.lines == ("Resembles Grace", "similarity 0.950")
    assert detail.own.lines == ("Another of Ada", "similarity to its own 0.200")
    keys = {"Ada_0001.jpg": 40, "like1": 120, "own1": 220}
    page.show_state(replace(AUDIT, thumbs={key: picture(level) for key, level in keys.items()}))
    for view, level in ((detail.image, 40), (detail.like, 120), (detail.own, 220)):
        shot = view.grab().toImage()
        assert shot.pixelColor(view.place().center().toPoint()).red() == level
    row = page.list.visualRect(page.list.model().index(0))
    shot = page.list.viewport().grab().toImage()
    assert shot.pixelColor(QPoint(60, row.center().y())).red() == 40


def test_pictures_that_are_missing_are_asked_for(qtbot):
    page = AuditPage()
    qtbot.addWidget(page)
    page.resize(1000, 640)
    with qtbot.waitSignal(page.list.thumbs.wanted) as heard:
        page.show()
        page.show_state(AUDIT)
    assert {"Ada_0001.jpg", "like1", "own1"} <= set(heard.args[0])


def test_the_list_goes_by_keyboard(page, qtbot):
    with qtbot.waitSignal(page.suspicionChosen) as heard:
        press(qtbot, page, "Down")
    assert heard.args == [1]
    page.show_state(shown(selected=1))
    assert page.detail.image.lines[0] == LONG
    for key, signal in ACTS:
        with qtbot.waitSignal(getattr(page, signal)) as heard:
            press(qtbot, page, key)
        assert heard.args == [1]


def test_buttons_do_what_keys_do(page, qtbot):
    detail = page.detail
    for button, (_key, signal) in zip((detail.right, detail.move_button, detail.remove), ACTS, strict=True):
        with qtbot.waitSignal(getattr(page, signal)) as heard:
            button.click()
        assert heard.args == [0]
    assert detail.move_button.text() == "Move to Grace"


@pytest.mark.parametrize(("odds", "words"), [(0.0, "50 %"), (18.0, "> 99 %"), (-1e9, "< 1 %"), (-np.log(3), "25 %")])
def test_log_odds_are_told_as_a_chance(odds, words):
    assert chance(replace(SUSPICIONS[0], score=odds)) == words


def test_after_a_name_is_called_right_the_next_open_one_is_chosen(page, qtbot):
    page.show_state(shown(dismissed=frozenset({1}), settled=frozenset({2})))
    with qtbot.waitSignal(page.suspicionChosen) as heard:
        press(qtbot, page, "D")
    assert heard.args == [3]
    page.show_state(shown(dismissed=frozenset({0})))
    assert page.detail.right.text() == "Name is not right"
    with qtbot.assertNotEmitted(page.suspicionChosen), qtbot.waitSignal(page.suspicionDismissed) as heard:
        press(qtbot, page, "D")
    assert heard.args == [0]


def test_showing_a_row_says_nothing(page, qtbot):
    with qtbot.assertNotEmitted(page.suspicionChosen):
        page.show_state(shown(selected=3))
    assert page.list.currentIndex().row() == 3


def test_one_without_another_picture_or_a_likeness_cannot_be_moved(page, qtbot):
    page.show_state(shown(selected=3))
    assert not page.detail.move_button.isEnabled()
    with qtbot.assertNotEmitted(page.suspicionMoved):
        press(qtbot, page, "M")
    page.show_state(shown(selected=2))
    assert not page.detail.move_button.isEnabled()


def test_in_a_folder_and_once_settled_nothing_is_changed(page, qtbot):
    with qtbot.assertNotEmitted(page.suspicionMoved), qtbot.assertNotEmitted(page.suspicionRemoved):
        page.show_state(shown(editable=False))
        press(qtbot, page, "M")
        press(qtbot, page, "Delete")
        assert page.detail.note.isVisible()
        assert not page.detail.remove.isVisible()
        page.show_state(shown(settled=frozenset({0})))
        press(qtbot, page, "M")
        press(qtbot, page, "Delete")
    with qtbot.assertNotEmitted(page.suspicionDismissed):
        press(qtbot, page, "D")
    assert not page.detail.right.isEnabled()


def test_one_kind_can_be_shown_alone(page, qtbot):
    assert kinds_of(AUDIT.audit.audit)[:2] == [("all", "All kinds (5)"), ("wrong-name", "Wrong name (2)")]
    page.kinds.set_value("wrong-name")
    page.kinds.chosen.emit("wrong-name")
    assert page.list.rows == (0, 4)
    with qtbot.waitSignal(page.suspicionChosen) as heard:
        press(qtbot, page, "Down")
    assert heard.args == [4]
    page.show_state(shown(selected=4))
    assert page.list.currentIndex().row() == 1
    assert page.detail.image.lines[0] == "Barbara"


def test_an_equal_state_touches_nothing(page, qtbot, monkeypatch):
    touched = []
    for view in (page.detail.image, page.detail.like, page.detail.own, page.list.viewport()):
        monkeypatch.setattr(view, "update", lambda *_room: touched.append(1))
    with qtbot.assertNotEmitted(page.list.model().modelReset):
        page.show_state(shown())
    assert not touched


def test_before_an_audit_and_when_nothing_is_found(page, qtbot):
    page.show_state(FacesView(page=Page.AUDIT))
    with qtbot.waitSignal(page.gallery.clicked):
        page.empty.button.click()
    assert not page.save.isEnabled()
    page.show_state(FacesView(audit=AuditView("/g", Audit((), 10, 3, (), 0.2))))
    assert page.empty.words.text() == "Nothing suspicious was found."
    assert page.state.text() == "10 pictures of 3 people, none suspicious · 0.2 s"
    assert page.save.isEnabled()


def test_an_audit_in_work_shows_its_progress(page, qtbot):
    page.show_state(FacesView(audit=AuditView("/g", busy=Busy("Comparing", 1, 3))))
    assert page.state.text() == "Looking for wrong names"
    assert not page.gallery.isEnabled()
    with qtbot.waitSignal(page.progress.cancelled):
        page.progress.cancel.click()


def test_ten_thousand_suspicions_are_shown_without_a_widget_each(page):
    many = tuple(replace(SUSPICIONS[0], image=f"{n}.jpg") for n in range(10_000))
    before = len(page.findChildren(QLabel))
    page.show_state(shown(audit=replace(AUDIT.audit.audit, suspicions=many), selected=9_999))
    page.grab()
    assert page.list.currentIndex().row() == 9_999
    assert len(page.findChildren(QLabel)) == before


@pytest.mark.parametrize(("wide", "high"), [(480, 560), (700, 620), (1000, 640)])
def test_every_picture_has_room_for_its_words(page, wide, high):
    page.resize(wide, high)
    page.show_state(shown(selected=1))
    page.grab()
    for view in (page.detail.image, page.detail.like, page.detail.own):
        assert view.height() >= view.minimumHeight()
        assert view.place().bottom() + 4 + 18 * len(view.lines) <= view.height()


@pytest.mark.parametrize("wide", [500, 700, 1000])
def test_nothing_is_cut_or_lies_over_another(page, wide):
    page.show_state(shown(selected=1))
    page.resize(wide, 620)
    assert page.width() == wide
    page.grab()
    labels = [one for one in page.findChildren(QLabel) if one.isVisible() and one.text()]
    parts = [*labels, page.detail.right, page.detail.move_button, page.detail.remove]
    places = [one.rect().translated(one.mapTo(page, QPoint(0, 0))) for one in parts]
    assert all(page.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[n + 1 :])


def test_files_that_were_left_out_are_counted():
    left = (LeftOut("a.txt", "not a picture"), LeftOut("b.heic", "HEIC"))
    words = state_words(AuditView("/g", Audit((), 10, 3, (), 0.2, left)))
    assert "2 files left out" in words
    assert "left out" not in state_words(AuditView("/g", Audit((), 10, 3, (), 0.2)))
