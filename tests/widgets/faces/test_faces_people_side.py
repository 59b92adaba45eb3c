"""What opens at the side of the portraits: unknown faces, hits of a search, the history, and back to the person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.widgets.faces.people_views import CLUSTERS, FOUND, GALLERY, HISTORY, INFO, RICH, people
from widgets.faces.people.history import button_of
from widgets.faces.people.page import PeoplePage

CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot):
    made = PeoplePage()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def place(grid, id: str):
    row = next(number for number, item in enumerate(grid.items) if item.id == id)
    return grid.visualRect(grid.model().index(row)).center()


def test_unknown_faces_are_named_at_once_with_known_names_offered(page, qtbot):
    page.show_state(people(replace(GALLERY, clusters=CLUSTERS)))
    assert page.head.unknown.text() == "Unknown 2"
    page.head.unknown.click()
    first, second = page.side.unknown.cards
    assert (first.words.text(), second.words.text()) == ("3 faces, mean similarity 0.71", "1 face")
    completer = first.field.completer()
    completer.setCompletionPrefix("hopper")
    assert completer.currentCompletion() == "Grace Hopper"
    qtbot.keyClicks(first.field, "  Bo   Peep ")
    with qtbot.waitSignal(page.requests.clusterNamed) as heard:
        qtbot.keyClick(first.field, Qt.Key.Key_Return)
    assert heard.args == [["u0", "u1", "u2"], "Bo Peep"]
    with qtbot.assertNotEmitted(page.requests.clusterNamed):
        second.accept.click()
    assert second.field.property("invalid") == "true"
    page.show_state(people(replace(GALLERY, clusters=CLUSTERS[1:])))
    assert first.words.text() == "1 face"
    assert first.field.text() == "", "another cluster does not inherit what was typed"
    assert not second.isVisible()


def test_many_clusters_are_shown_bit_by_bit(page):
    clusters = tuple(replace(CLUSTERS[0], faces=(f"x{n}", f"y{n}")) for n in range(30))
    page.show_state(people(replace(GALLERY, clusters=clusters)))
    page.head.unknown.click()
    assert sum(card.isVisible() for card in page.side.unknown.cards) == 12
    assert page.side.unknown.more.text() == "18 more"
    page.side.unknown.more.click()
    page.side.unknown.more.click()
    assert sum(card.isVisible() for card in page.side.unknown.cards) == 30
    assert not page.side.unknown.more.isVisible()


def test_what_a_search_found_opens_by_itself_and_leads_to_the_person(page, qtbot):
    page.show_state(people(GALLERY))
    page.show_state(people(replace(GALLERY, asked="f30", found=FOUND)))
    assert page.side.found.isVisible()
    assert [item.caption for item in page.side.found.grid.items] == ["Grace Hopper", "Unknown"]
    assert page.side.found.grid.items[0].sub == "0.81 \u00b7 1 in 100,000"
    with qtbot.waitSignal(page.requests.personChosen) as heard:
        page.side.found.grid.opened.emit("f30")
    assert heard.args == ["p3"]
    with qtbot.waitSignal(page.requests.findWanted) as heard:
        page.side.found.grid.opened.emit("u0")
    assert heard.args == ["u0"]
    page.show_state(people(replace(GALLERY, asked="f30", found=FOUND, selected="p3")))
    assert page.side.person.isVisible()


def test_side_panes_replace_each_other_and_close_back_to_the_person(page, qtbot):
    page.show_state(people(RICH))
    assert page.pane == "person"
    page.head.history.click()
    assert page.side.history.isVisible()
    page.head.unknown.click()
    assert page.side.unknown.isVisible()
    assert not page.head.history.isChecked()
    with qtbot.assertNotEmitted(page.requests.personChosen):
        page.head.unknown.click()
    assert page.side.person.isVisible()
    page.show_state(people(replace(RICH, search="a")))
    assert page.pane == "person"


def test_the_history_is_taken_back_by_its_arrow_and_by_return(page, qtbot):
    page.show_state(people(RICH))
    page.head.history.click()
    rows = [page.side.history.model().index(row) for row in range(2)]

    def arrow(row: int):
        return button_of(page.side.history.visualRect(rows[row])).center()

    with qtbot.waitSignal(page.requests.historyUndone) as heard:
        qtbot.mouseClick(page.side.history.viewport(), CLICK, pos=arrow(0))
    assert heard.args == [12]
    with qtbot.waitSignal(page.requests.historyUndone) as heard:
        qtbot.mouseClick(page.side.history.viewport(), CLICK, pos=arrow(1))
    assert heard.args == [11]
    with qtbot.assertNotEmitted(page.requests.historyUndone):
        qtbot.mouseClick(page.side.history.viewport(), CLICK, pos=page.side.history.visualRect(rows[0]).center())
    with qtbot.waitSignal(page.requests.historyUndone):
        qtbot.keyClick(page.side.history, Qt.Key.Key_Return)
    assert page.side.history.menu(HISTORY[1]).actions()[0].text() == "Redo"
    assert "taken back" in page.side.history.model().data(rows[1], Qt.ItemDataRole.AccessibleTextRole)
    page.show_state(people(replace(RICH, info=replace(INFO, read_only=True))))
    with qtbot.assertNotEmitted(page.requests.historyUndone):
        qtbot.mouseClick(page.side.history.viewport(), CLICK, pos=arrow(0))


def test_a_click_on_the_selected_person_comes_back_to_them(page, qtbot):
    page.show_state(people(RICH))
    page.head.history.click()
    assert page.pane == "history"
    with qtbot.assertNotEmitted(page.requests.personChosen):
        qtbot.mouseClick(page.grid.viewport(), CLICK, pos=place(page.grid, "p0"))
    assert page.side.person.isVisible()
    page.head.history.click()
    qtbot.keyClick(page.grid, Qt.Key.Key_F2)
    assert page.side.person.rename_field.isVisible()
    page.head.history.click()
    with qtbot.waitSignal(page.requests.forgetWanted) as heard:
        qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    assert heard.args == ["p0"]


def test_the_same_search_again_shows_its_hits_again(page, qtbot):
    view = replace(RICH, asked="f1", found=FOUND)
    page.show_state(people(RICH))
    page.show_state(people(view))
    assert page.side.found.isVisible()
    page._close_side()
    assert page.side.person.isVisible()
    with qtbot.waitSignal(page.requests.findWanted):
        page.side.person.grid.opened.emit("f1")
    assert page.side.found.isVisible()


def test_the_menus_verbs_are_of_the_one_who_is_selected(page, qtbot):
    page.show_state(people(RICH))
    actions = {action.text(): action for action in page.people_menu(["p0"]).actions()}
    actions["Merge with\u2026"].trigger()
    assert page.side.person.bar.isVisible()
    with qtbot.waitSignal(page.requests.exportWanted) as heard:
        actions["Export\u2026"].trigger()
    assert heard.args == ["p0"]
    with qtbot.waitSignal(page.requests.merged) as heard:
        page.people_menu(["p1", "p2"]).actions()[0].trigger()
    assert heard.args == [["p1", "p2"]]
