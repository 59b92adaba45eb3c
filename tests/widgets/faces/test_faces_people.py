"""The people page: every state, what a click, a key or a drop says, what opens at the side, what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from tests.widgets.faces.people_views import (
    DRY_RUN,
    GALLERY,
    HISTORY,
    INFO,
    NAMES,
    PEOPLE,
    PROOF,
    RICH,
    STATES,
    SUGGESTIONS,
    people,
    shade,
)
from widgets.faces.people.page import WIDE, PeoplePage
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.state import PeopleView

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


def shown_parts(page) -> set[str]:
    named: dict[str, QWidget] = {
        "head": page.head,
        "grid": page.grid,
        "start": page.start,
        "locked": page.locked,
        "nobody": page.nobody,
        "suggestions": page.suggestions,
        "person": page.side.person,
        "found": page.side.found,
        "proof": page.proof,
        "expiring": page.expiring,
        "pill": page.head.pill,
    }
    return {name for name, widget in named.items() if widget.isVisible()}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("no-gallery", {"start"}),
        ("locked", {"head", "locked"}),
        ("nobody", {"head", "nobody"}),
        ("people", {"head", "grid"}),
        ("rich", {"head", "grid", "suggestions", "person"}),
        ("read-only", {"head", "grid", "person", "pill"}),
        ("found", {"head", "grid", "found"}),
        ("proof", {"head", "grid", "proof", "expiring"}),
    ],
)
def test_every_state_shows_what_it_is_about(page, state, expected):
    page.show_state(STATES[state])
    assert shown_parts(page) == expected


def test_showing_says_nothing(page, qtbot):
    told: list[str] = []
    for name in (name for name, value in vars(PeopleRequests).items() if isinstance(value, Signal)):
        getattr(page.requests, name).connect(lambda *_args, name=name: told.append(name))
    for view in (*STATES.values(), *reversed(STATES.values())):
        page.show_state(view)
    assert told == []


def test_an_equal_state_touches_nothing(page, monkeypatch):
    page.show_state(people(RICH))
    touched: list[str] = []
    for part in (page.grid, page.side.person.grid):
        monkeypatch.setattr(part, "show_rows", lambda items, **_: touched.append("items"))
    monkeypatch.setattr(page.suggestions, "_fill", lambda: touched.append("cards"))
    page.show_state(people(RICH))
    page.show_state(people(replace(RICH, people=tuple(PEOPLE), suggestions=tuple(SUGGESTIONS))))
    assert touched == []


def test_the_head_says_which_gallery_and_how_much_is_in_it(page):
    page.show_state(people(GALLERY))
    assert page.head.title.text() == "Expedition"
    assert page.head.line.text() == "5 people, 15 faces \u00b7 SFace \u00b7 encrypted \u00b7 kept 90 days"
    assert INFO.path in page.head.title._tip


def test_a_click_chooses_a_person_and_opens_them(page, qtbot):
    page.show_state(people(GALLERY))
    with qtbot.waitSignal(page.requests.personChosen) as heard:
        qtbot.mouseClick(page.grid.viewport(), CLICK, pos=place(page.grid, "p3"))
    assert heard.args == ["p3"]
    page.show_state(people(replace(GALLERY, selected="p3")))
    assert page.side.person.isVisible()
    assert page.side.person.name.text() == "Grace Hopper"
    with qtbot.waitSignal(page.requests.personChosen) as heard:
        page.side.person.close_button.click()
    assert heard.args == [""]
    assert not page.side.person.isVisible()
    assert page.grid.selected == []


def test_several_people_become_one_under_the_name_that_stays(page, qtbot):
    page.show_state(people(GALLERY))
    for id, keys in (("p0", Qt.KeyboardModifier.NoModifier), ("p4", Qt.KeyboardModifier.ControlModifier)):
        qtbot.mouseClick(page.grid.viewport(), CLICK, keys, place(page.grid, id))
    assert page.side.several.title.text() == "2 people selected"
    assert page.side.several.keeps.value() == "p4", "the name with the most faces is offered"
    page.side.several.keeps.set_value("p0")
    with qtbot.waitSignal(page.requests.merged) as heard:
        page.side.several.merge.click()
    assert heard.args == [["p0", "p4"]]


def test_the_filter_looks_past_case_and_accents(page, qtbot):
    page.show_state(people(GALLERY))
    heard: list[str] = []
    page.requests.searchChanged.connect(heard.append)
    qtbot.keyClicks(page.head.search, "zoe")
    assert heard == ["z", "zo", "zoe"]
    page.show_state(people(replace(GALLERY, search="zoe")))
    assert [item.id for item in page.grid.items] == ["p1"]
    assert page.head.line.text() == "1 of 5 people match"
    assert page.head.search.text() == "zoe"
    page.show_state(people(replace(GALLERY, search="nobody")))
    assert page.grid.items == ()
    page.show_state(people(GALLERY))
    assert len(page.grid.items) == len(PEOPLE)
    assert page.head.search.text() == ""
    assert page.head.line.text().startswith("5 people")


@pytest.mark.parametrize(("order", "first"), [("name", "p0"), ("faces", "p4"), ("newest", "p4"), ("alike", "p4")])
def test_the_order_of_the_portraits(page, order, first):
    page.show_state(people(GALLERY))
    page.head._sort(order)
    ids = [item.id for item in page.grid.items]
    assert sorted(ids) == [person.id for person in PEOPLE]
    assert ids[1 if order == "name" else 0] == ("p4" if order == "name" else first)
    if order == "alike":
        assert ids[-1] == "p0", "one face cannot be unlike itself"


def test_faces_dropped_onto_a_portrait_move_there(page, qtbot):
    page.show_state(people(RICH))
    with qtbot.waitSignal(page.requests.moved) as heard:
        page.grid.faceDropped.emit(["f1", "f2"], "p3")
    assert heard.args == [["f1", "f2"], "p3"]


def test_pictures_dropped_from_outside_are_to_be_enrolled(page, qtbot):
    page.show_state(STATES["nobody"])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/in/a.jpg"), QUrl("https://example.org/b.jpg")])
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, CLICK, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(page.dropped) as heard:
        page.dropEvent(event)
    assert heard.args == [["/in/a.jpg"]]


def test_without_a_gallery_one_is_made_or_opened(page, qtbot):
    page.show_state(STATES["no-gallery"])
    for button, signal in (
        (page.start.make, page.requests.newWanted),
        (page.start.open, page.requests.openWanted),
        (page.start.links[0], page.requests.galleryChosen),
    ):
        with qtbot.waitSignal(signal) as heard:
            button.click()
    assert heard.args == ["/home/ada/Expedition.gallery"]
    assert [link.isVisible() for link in page.start.links] == [True, True, False]


def test_locked_and_empty_galleries_offer_the_one_thing_to_do(page, qtbot):
    for state, part, signal in (
        ("locked", page.locked, page.locked.clicked),
        ("nobody", page.nobody, page.requests.enrolWanted),
    ):
        page.show_state(STATES[state])
        with qtbot.waitSignal(signal):
            part.button.click()
    assert not page.head.enrol.isVisible()


def test_a_gallery_whose_people_were_all_removed_still_shows_its_history(page):
    page.show_state(people(PeopleView(info=INFO, history=HISTORY)))
    assert page.head.history.isVisible()
    assert not page.nobody.isVisible()


def test_suggestions_are_confirmed_and_refused_one_after_the_other(page, qtbot):
    page.show_state(people(replace(GALLERY, suggestions=SUGGESTIONS)))
    card = page.suggestions.cards[0]
    assert (card.title.text(), card.name.text()) == ("These 2 faces may be", "Ada Lovelace")
    assert card.refuse.text() == "Not Ada"
    with qtbot.waitSignal(page.requests.confirmed) as heard:
        card.confirm.click()
    assert heard.args == [["s00", "s01"], "p0"]
    page.show_state(people(replace(GALLERY, suggestions=SUGGESTIONS[1:])))
    assert card.name.text() == NAMES[1]
    with qtbot.waitSignal(page.requests.refused) as heard:
        card.refuse.click()
    assert heard.args == [["s10", "s11"], "p1"]


def test_more_suggestions_than_fit_are_paged(page):
    page.show_state(people(replace(GALLERY, suggestions=SUGGESTIONS)))
    strip = page.suggestions
    room = strip.room
    assert 1 <= room < len(SUGGESTIONS)
    assert not strip.back.isEnabled()
    seen = [card.name.text() for card in strip.cards if card.isVisible()]
    while strip.on.isEnabled():
        strip.on.click()
        seen += [card.name.text() for card in strip.cards if card.isVisible()]
    assert seen == list(NAMES)
    page.show_state(people(replace(GALLERY, suggestions=SUGGESTIONS[:1])))
    assert [card.name.text() for card in strip.cards if card.isVisible()] == [NAMES[0]]
    assert not strip.on.isVisible()


def test_a_read_only_gallery_offers_no_change(page):
    page.show_state(STATES["read-only"])
    person = page.side.person
    person.grid.selectAll()
    assert not page.suggestions.isVisible()
    for button in (page.head.enrol, person.rename, person.merge, person.forget, person.make, person.not_them):
        assert not button.isEnabled(), button.accessibleName()
    assert person.export.isEnabled()
    assert [action.text() for action in page.people_menu(["p0"]).actions() if action.isEnabled()] == ["Export\u2026"]
    assert not page.people_menu(["p0", "p1"]).actions()[0].isEnabled()


def test_the_proof_says_what_was_searched_and_stays_put_away(page):
    page.show_state(people(replace(GALLERY, forgotten=PROOF)))
    assert page.proof.title.text() == "Nothing of Ada Lovelace is left"
    assert page.proof.lines.text() == (
        "14 faces deleted; 3 files, 12.4 MB searched for 27 traces: none is left.\nOut of our reach: the originals."
    )
    page.proof.close_button.click()
    page.show_state(people(replace(GALLERY, forgotten=replace(PROOF))))
    assert not page.proof.isVisible()
    left = replace(PROOF, left=("/home/ada/jobs.sqlite: the job 'Look through 3 files' (running) tells of them",))
    page.show_state(people(replace(GALLERY, forgotten=left)))
    assert page.proof.title.text() == "Something of Ada Lovelace is left"
    assert "/home/ada/jobs.sqlite: the job 'Look through 3 files'" in page.proof.lines.text()
    assert "none is left" not in page.proof.lines.text()


def test_the_dry_run_says_whom_it_would_delete_before_it_does(page, qtbot):
    page.show_state(people(replace(GALLERY, expiring=DRY_RUN)))
    assert page.expiring.title.text() == "Keeping faces for 90 days would delete 41 faces today"
    assert all(name in page.expiring.lines.text() for name in NAMES)
    with qtbot.waitSignal(page.expiring.delete.clicked):
        page.expiring.delete.click()
    page.show_state(people(replace(GALLERY, expiring=replace(DRY_RUN, faces=0, people=()))))
    assert not page.expiring.delete.isVisible()


def test_thumbs_are_asked_for_and_drawn(page, qtbot):
    asked: list[str] = []
    page.thumbs.wanted.connect(asked.extend)
    page.show_state(replace(people(RICH), thumbs={}))
    qtbot.waitUntil(lambda: {"f0", "f1", "f2", "f40", "s00"} <= set(asked))
    assert asked.count("f0") <= 3
    page.show_state(replace(people(RICH), thumbs={"f40": shade(231)}))
    spot = place(page.grid, "p4")
    assert page.grid.viewport().grab().toImage().pixelColor(spot.x(), spot.y() - 20).red() == 231


def test_narrow_pages_put_the_person_below(page, qapp):
    page.show_state(people(RICH))
    page.resize(WIDE - 100, 700)
    qapp.processEvents()
    assert page.side.person.mapTo(page, page.side.person.rect().topLeft()).y() > page.grid.geometry().bottom()
    page.resize(WIDE + 100, 700)
    qapp.processEvents()
    assert page.side.person.mapTo(page, page.side.person.rect().topLeft()).x() > page.grid.geometry().right()
