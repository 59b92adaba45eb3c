"""One person's pane: renaming in place, merging and moving by name, verbs on faces."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.widgets.faces.people_views import (
    DAY,
    FACES,
    FOUND,
    GOOD,
    LONG,
    NAMES,
    PEOPLE,
    POOR,
    PROOF,
    SUGGESTIONS,
    face,
)
from widgets.faces.name_field import id_of
from widgets.faces.people import words
from widgets.faces.people.person import PersonPane
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.thumbs import Thumbs

EVERYBODY = tuple((person.id, person.name) for person in PEOPLE)
ADA, ZOE = PEOPLE[:2]


@pytest.fixture
def pane(qtbot):
    made = PersonPane(PeopleRequests(), Thumbs())
    qtbot.addWidget(made)
    made.resize(360, 640)
    with qtbot.waitExposed(made):
        made.show()
    made.show_person(ADA, FACES, EVERYBODY)
    return made


def select(pane, *ids: str) -> None:
    pane.grid.select(ids)
    pane.grid.picked.emit(pane.grid.selected)


def test_who_it_is_and_how_good_each_face_is(pane):
    assert pane.name.text() == "Ada Lovelace"
    assert pane.line.text() == f"1 face \u00b7 since {words.day_words(ADA.created)}"
    assert [item.caption for item in pane.grid.items] == ["0.80", "0.30 blurred", "0.80"]
    assert [item.badge for item in pane.grid.items] == ["star", "", "question"]
    assert "Portrait" in pane.grid.items[0].spoken
    assert "Not confirmed" in pane.grid.items[2].spoken


def test_renaming_in_place(pane, qtbot):
    pane.rename.click()
    assert pane.rename_field.isVisible()
    assert pane.rename_field.selectedText() == "Ada Lovelace"
    qtbot.keyClicks(pane.rename_field, "Augusta  King ")
    with qtbot.waitSignal(pane.requests.renamed) as heard:
        qtbot.keyClick(pane.rename_field, Qt.Key.Key_Return)
    assert heard.args == ["p0", "Augusta King"]
    assert pane.name.isVisible()


def test_a_name_that_somebody_has_is_not_given_twice(pane, qtbot):
    pane.start_rename()
    pane.rename_field.setText("Grace Hopper")
    with qtbot.assertNotEmitted(pane.requests.renamed):
        qtbot.keyClick(pane.rename_field, Qt.Key.Key_Return)
    assert "merge" in pane.rename_field.toolTip()
    assert pane.rename_field.isVisible()


def test_faces_that_nobody_confirmed_can_be(pane, qtbot):
    select(pane, "f1")
    assert "Confirm" not in [action.text() for action in pane.face_menu(["f1"]).actions()]
    select(pane, "f1", "f2")
    confirm = next(action for action in pane.face_menu(["f1", "f2"]).actions() if action.text() == "Confirm")
    with qtbot.waitSignal(pane.requests.confirmed) as heard:
        confirm.trigger()
    assert heard.args == [["f1", "f2"], "p0"]


def test_renaming_is_left_with_escape_and_says_nothing_when_nothing_changed(pane, qtbot):
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        qtbot.keyClick(pane.grid, Qt.Key.Key_F2)
        pane.start_rename()
        with qtbot.assertNotEmitted(pane.requests.renamed):
            qtbot.keyClick(pane.rename_field, key)
        assert not pane.rename_field.isVisible()


def test_another_person_ends_every_question(pane):
    pane.start_rename()
    pane.ask_merge()
    pane.show_person(ZOE, (face(10, "p1"),), EVERYBODY)
    assert not any(part.isVisible() for part in (pane.rename_field, pane.bar))
    assert pane.name.text() == ZOE.name
    pane.ask_merge()
    pane.show_person(replace(ZOE, faces=9), (face(10, "p1"),), EVERYBODY)
    assert pane.bar.isVisible(), "the same person's new numbers do not take a question away"


def test_merging_keeps_this_name_and_finds_the_other_past_accents(pane, qtbot):
    pane.merge.click()
    qtbot.keyClicks(pane.bar.field, "zoe angstrom")
    with qtbot.waitSignal(pane.requests.merged) as heard:
        qtbot.keyClick(pane.bar.field, Qt.Key.Key_Return)
    assert heard.args == [["p0", "p1"]]
    assert not pane.bar.isVisible()


@pytest.mark.parametrize("typed", ["Ada Lovelace", "Nobody", ""])
def test_merging_with_oneself_or_nobody_is_pointed_out(pane, qtbot, typed):
    pane.ask_merge()
    pane.bar.field.setText(typed)
    with qtbot.assertNotEmitted(pane.requests.merged):
        pane.bar.accept.click()
    assert pane.bar.field.property("invalid") == "true"
    qtbot.keyClicks(pane.bar.field, "x")
    assert pane.bar.field.property("invalid") == ""


def test_a_name_that_two_people_have_is_not_guessed():
    twins = (("a", "Bo"), ("b", "Bo"), ("c", "Zoë"), ("d", "Zoe"))
    assert id_of("Bo", twins) == ""
    assert id_of("Zoe", twins) == "d"
    assert id_of("ZOE", twins) == ""
    assert id_of("bO", twins[1:]) == "b"


def test_verbs_appear_with_a_selection(pane, qtbot):
    assert pane.hint.isVisible()
    assert not pane.make.isVisible()
    select(pane, "f1", "f2")
    assert pane.chosen.text() == "2 selected"
    for button, signal, args in (
        (pane.make, pane.requests.split, [["f1", "f2"]]),
        (pane.not_them, pane.requests.refused, [["f1", "f2"], "p0"]),
    ):
        with qtbot.waitSignal(signal) as heard:
            button.click()
        assert heard.args == args
    with qtbot.waitSignal(pane.requests.facesRemoved) as heard:
        qtbot.keyClick(pane.grid, Qt.Key.Key_Delete)
    assert heard.args == [["f1", "f2"]]
    qtbot.keyClick(pane.grid, Qt.Key.Key_Escape)
    assert pane.hint.isVisible()


def test_faces_move_to_a_person_by_name(pane, qtbot):
    select(pane, "f2")
    pane.ask_move()
    qtbot.keyClicks(pane.bar.field, "grace hopper")
    with qtbot.waitSignal(pane.requests.moved) as heard:
        pane.bar.accept.click()
    assert heard.args == [["f2"], "p3"]


def test_the_menu_of_one_face_and_of_several(pane, qtbot):
    select(pane, "f1")
    actions = {action.text(): action for action in pane.face_menu(["f1"]).actions()}
    assert list(actions) == [
        "New person from these", "Move to\u2026", "Not Ada", "Use as portrait", "Find similar", "Remove",
    ]  # fmt: skip
    for verb, signal in (("Use as portrait", pane.requests.portraitChosen), ("Find similar", pane.requests.findWanted)):
        with qtbot.waitSignal(signal) as heard:
            actions[verb].trigger()
        assert heard.args == ["f1"]
    select(pane, "f1", "f2")
    several = {action.text(): action.isEnabled() for action in pane.face_menu(["f1", "f2"]).actions()}
    assert not several["Use as portrait"]
    assert several["Remove"]
    pane.show_person(ADA, FACES, EVERYBODY, editable=False)
    allowed = [action.text() for action in pane.face_menu(["f1"]).actions() if action.isEnabled()]
    assert allowed == ["Find similar"]
    with qtbot.assertNotEmitted(pane.requests.facesRemoved):
        qtbot.keyClick(pane.grid, Qt.Key.Key_Delete)


def test_deleting_everywhere_is_said_once_by_the_button(pane, qtbot):
    with qtbot.waitSignal(pane.requests.forgetWanted) as heard:
        pane.forget.click()
    assert heard.args == ["p0"]
    pane.show_person(ADA, FACES, EVERYBODY, editable=False)
    with qtbot.assertNotEmitted(pane.requests.forgetWanted):
        pane.ask_forget()


def test_export_and_double_click(pane, qtbot):
    with qtbot.waitSignal(pane.requests.exportWanted) as heard:
        pane.export.click()
    assert heard.args == ["p0"]
    with qtbot.waitSignal(pane.requests.findWanted) as heard:
        spot = pane.grid.visualRect(pane.grid.model().index(1)).center()
        qtbot.mouseClick(pane.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        qtbot.mouseDClick(pane.grid.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert heard.args == ["f1"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.names_words([]), ""),
        (words.names_words(["Ada"]), "Ada"),
        (words.names_words(["Ada", "Bo"]), "Ada and Bo"),
        (words.names_words(list("ABCDEFG")), "A, B, C, D, E and 2 more"),
        (words.size_words(812), "812 B"),
        (words.size_words(4_200), "4 kB"),
        (words.size_words(12_400_000), "12.4 MB"),
        (words.size_words(3_100_000_000), "3.1 GB"),
        (words.short_name("Ada Lovelace"), "Ada"),
        (words.short_name(""), ""),
        (words.short_name("Wolfeschlegelsteinhausen"), "Wolfeschlegel\u2026"),
        (words.faces_may_be(replace(SUGGESTIONS[0], faces=("a",))), "This face may be"),
        (words.quality_words(GOOD), "0.80"),
        (words.quality_words(POOR), "0.30 blurred"),
        (words.found_item(FOUND[1]).caption, "Unknown"),
        (words.proof_title(replace(PROOF, left=("g.faces",))), "Something of Ada Lovelace is left"),
        (words.folded("ZOË Ångström"), "zoe angstrom"),
        (words.people_words(1), "1 person"),
    ],
)
def test_words(said, expected):
    assert said == expected


def test_a_filter_needs_every_word():
    assert [person.name for person in words.matching(PEOPLE, "von MAX")] == [LONG]
    assert words.matching(PEOPLE, "von zoe") == ()
    assert [person.name for person in words.matching(PEOPLE, "  ")] == list(NAMES)


def test_orders_hold_everybody_once():
    for sort in words.SORTS:
        assert sorted(item.id for item in words.person_items(PEOPLE, sort)) == [person.id for person in PEOPLE]
    newest = words.person_items((ADA, replace(ZOE, created=ADA.created - DAY)), "newest")
    assert [item.id for item in newest] == ["p0", "p1"]
