"""The review of an enrolment: rows and their order, ticks, names, what is said, pictures, states of the page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from engines.faces.gallery.types import Candidate, Gathered
from tests.widgets.faces.people_views import CANDIDATES, GATHERED, INFO, PEOPLE, REVIEW, STATES, enrol, shade
from widgets.faces.enrol import words
from widgets.faces.enrol.cells import like_box, name_box, tick_box
from widgets.faces.enrol.page import EnrolPage
from widgets.faces.enrol.words import Kind, Review
from widgets.faces.name_field import NameField
from widgets.faces.state import EnrolView, FacesView, Page, PeopleView

CLICK = Qt.MouseButton.LeftButton
LOOKED = Review(CANDIDATES, REVIEW.taken, REVIEW.names)


@pytest.fixture
def page(qtbot):
    made = EnrolPage()
    qtbot.addWidget(made)
    made.resize(900, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def row_of(page, kind: Kind, member: int) -> int:
    return next(n for n, row in enumerate(page.list.rows) if row.kind is kind and member in row.members)


def index_of(page, kind: Kind, member: int):
    return page.list.model().index(row_of(page, kind, member))


def rect_of(page, kind: Kind, member: int):
    return page.list.visualRect(index_of(page, kind, member))


def test_rows_are_people_with_clear_faces_before_doubtful_ones():
    rows = words.rows_of(LOOKED)
    assert [(row.kind, row.title, row.members) for row in rows] == [
        (Kind.PERSON, "Ada", (0, 1, 2)),
        (Kind.FACE, "Ada", (0,)),
        (Kind.FACE, "Ada", (1,)),
        (Kind.DOUBT, "Ada", (2,)),
        (Kind.PERSON, "Zoë", (4,)),
        (Kind.FACE, "Zoë", (4,)),
        (Kind.PERSON, words.NAMELESS, (3,)),
        (Kind.DOUBT, words.NAMELESS, (3,)),
        (Kind.PERSON, words.USELESS, (5,)),
        (Kind.DOUBT, words.USELESS, (5,)),
    ]
    assert [row.members for row in words.rows_of(LOOKED, True) if row.kind is not Kind.PERSON] == [(2,), (3,), (5,)]


def test_every_candidate_has_one_row_whatever_it_is_called():
    names = tuple("" if n % 3 else f"N{n % 5}" for n in range(60))
    many = tuple(replace(CANDIDATES[n % 6], name=name) for n, name in enumerate(names))
    rows = words.rows_of(Review(many, (), names))
    singles = [row.first for row in rows if row.kind is not Kind.PERSON]
    assert sorted(singles) == list(range(60))
    headed = [member for row in rows if row.kind is Kind.PERSON for member in row.members]
    assert sorted(headed) == list(range(60))


@pytest.mark.parametrize(
    ("taken", "said", "problem"),
    [
        (REVIEW.taken, "3 faces of 2 people; 2 held back; 1 without a face", ""),
        ((True,) * 6, "1 without a name; 5 faces of 2 people; 1 without a face", "1 ticked face without a name"),
        ((False,) * 6, "0 faces of 0 people; 2 held back; 1 without a face", "Tick at least one face"),
    ],
)
def test_the_summary_and_why_nothing_can_be_stored(taken, said, problem):
    review = replace(LOOKED, taken=taken)
    assert words.summary(review) == said
    assert words.store_problem(review) == problem


def test_what_is_said_of_rows():
    heading, *_ = words.rows_of(LOOKED)
    assert words.spoken(LOOKED, heading) == "Ada, 3 faces, 1 held back"
    doubtful = words.rows_of(LOOKED)[3]
    spoken = words.spoken(LOOKED, doubtful)
    assert "Looks like someone else" in spoken
    assert spoken.endswith("not ticked")
    assert words.doubt_title(CANDIDATES[3]) == "Blurred, small"


@pytest.mark.parametrize(
    ("state", "part"), [("drop", "start"), ("finding", "finding"), ("review", "list"), ("storing", "list")]
)
def test_every_state_shows_what_it_is_about(page, state, part):
    page.show_state(STATES[state])
    assert {name for name in ("start", "finding", "list") if getattr(page, name).isVisible()} == {part}
    assert page.progress.isVisible() == (state == "storing")


def test_showing_says_nothing(page):
    told: list[str] = []
    for name in ("taken", "named", "settled"):
        getattr(page.list, name).connect(lambda *_args, name=name: told.append(name))
    for state in ("review", "storing", "drop", "finding", "review", "review"):
        page.show_state(STATES[state])
    assert told == []


def test_pictures_are_chosen_or_dropped(page, qtbot):
    page.show_state(STATES["drop"])
    assert page.start.files.isEnabled()
    assert page.start.folder.isEnabled()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/in/Ada"), QUrl.fromLocalFile("/in/bo.jpg")])
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, CLICK, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(page.dropped) as heard:
        page.dropEvent(event)
    assert heard.args == [["/in/Ada", "/in/bo.jpg"]]


def test_looking_for_faces_can_be_cancelled(page, qtbot):
    page.show_state(STATES["finding"])
    assert page.finding.words.text() == "Picture 3 of 40, 60 s left"
    with qtbot.waitSignal(page.finding.cancelled):
        page.finding.cancel.click()


def test_a_tick_takes_one_face_and_a_heading_the_whole_person(page, qtbot):
    page.show_state(STATES["review"])
    heard: list[tuple[int, bool]] = []
    page.list.taken.connect(lambda index, on: heard.append((index, on)))
    viewport = page.list.viewport()
    qtbot.mouseClick(viewport, CLICK, pos=tick_box(rect_of(page, Kind.FACE, 1), Kind.FACE).center())
    assert heard == [(1, False)]
    heard.clear()
    heading = tick_box(rect_of(page, Kind.PERSON, 0), Kind.PERSON).center()
    qtbot.mouseClick(viewport, CLICK, pos=heading)
    assert heard == [(2, True)], "a heading that is partly ticked is ticked as a whole"
    heard.clear()
    page.show_state(enrol(replace(REVIEW, taken=(True, True, True, False, True, False))))
    qtbot.mouseClick(viewport, CLICK, pos=heading)
    assert heard == [(0, False), (1, False), (2, False)]


def test_space_ticks_what_is_selected_and_never_what_has_no_face(page, qtbot):
    page.show_state(STATES["review"])
    heard: list[tuple[int, bool]] = []
    page.list.taken.connect(lambda index, on: heard.append((index, on)))
    qtbot.mouseClick(page.list.viewport(), CLICK, pos=rect_of(page, Kind.FACE, 0).center())
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert heard == [(0, False)]
    heard.clear()
    page.list.selectAll()
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert heard == [(2, True), (3, True)]
    page.list.setCurrentIndex(index_of(page, Kind.DOUBT, 5))
    heard.clear()
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert heard == []


def edit(page, qtbot, text: str) -> None:
    field = page.list.findChild(NameField)
    field.setText(text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_heading_names_the_whole_person(page, qtbot):
    page.show_state(STATES["review"])
    heard: list[tuple[int, str]] = []
    page.list.named.connect(lambda index, name: heard.append((index, name)))
    area = rect_of(page, Kind.PERSON, 0)
    qtbot.mouseClick(page.list.viewport(), CLICK, pos=name_box(area, Kind.PERSON, CANDIDATES[0]).center())
    edit(page, qtbot, " Grace   Hopper")
    assert heard == [(0, "Grace Hopper"), (1, "Grace Hopper"), (2, "Grace Hopper")]


def test_one_doubtful_face_is_named_alone_and_moves_to_its_person(page, qtbot):
    page.show_state(STATES["review"])
    heard: list[tuple[int, str]] = []
    page.list.named.connect(lambda index, name: heard.append((index, name)))
    area = rect_of(page, Kind.DOUBT, 3)
    qtbot.mouseClick(page.list.viewport(), CLICK, pos=name_box(area, Kind.DOUBT, CANDIDATES[3]).center())
    field = page.list.findChild(NameField)
    known = field.completer().model().stringList()
    assert {person.name for person in PEOPLE} | {"Ada", "Zoë"} == set(known)
    edit(page, qtbot, "Zoë")
    assert heard == [(3, "Zoë")]
    named = (*REVIEW.names[:3], "Zoë", *REVIEW.names[4:])
    page.show_state(enrol(replace(REVIEW, names=named)))
    assert page.list.rows[row_of(page, Kind.PERSON, 3)].members == (3, 4)


def test_escape_leaves_a_name_and_an_unchanged_one_says_nothing(page, qtbot):
    page.show_state(STATES["review"])
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        page.list.setCurrentIndex(index_of(page, Kind.PERSON, 0))
        qtbot.keyClick(page.list, Qt.Key.Key_Return)
        with qtbot.assertNotEmitted(page.list.named):
            qtbot.keyClick(page.list.findChild(NameField), key)
        QApplication.sendPostedEvents(None, 52)  # deferred delete of the editor


def test_naming_one_of_several_selected_faces_names_them_all(page, qtbot):
    page.show_state(STATES["review"])
    heard: list[tuple[int, str]] = []
    page.list.named.connect(lambda index, name: heard.append((index, name)))
    qtbot.mouseClick(page.list.viewport(), CLICK, pos=rect_of(page, Kind.FACE, 0).center())
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(page.list.viewport(), CLICK, control, rect_of(page, Kind.FACE, 4).center())
    page.list.edit_name()
    edit(page, qtbot, "Bo")
    assert heard == [(0, "Bo"), (4, "Bo")]


def test_the_menu_ticks_and_leaves_out(page, qtbot):
    page.show_state(STATES["review"])
    page.list.setCurrentIndex(index_of(page, Kind.FACE, 0))
    actions = {action.text(): action for action in page.list.menu().actions()}
    assert [text for text, action in actions.items() if action.isEnabled()] == ["Leave out", "Name\u2026"]
    with qtbot.waitSignal(page.list.taken) as heard:
        actions["Leave out"].trigger()
    assert heard.args == [0, False]
    taken: list[int] = []
    page.list.taken.connect(lambda index, _on: taken.append(index))
    page.list.selectAll()
    page.list.menu().actions()[0].trigger()
    assert taken == [2, 3], "what has no face is never ticked"


def test_only_doubts_are_shown_on_demand(page, qtbot):
    page.show_state(STATES["review"])
    page.filter._buttons["doubts"].click()
    assert [row.first for row in page.list.rows if row.kind is not Kind.PERSON] == [2, 3, 5]
    page.show_state(enrol(replace(REVIEW, taken=(True,) * 6)))
    assert [row.first for row in page.list.rows if row.kind is not Kind.PERSON] == [2, 3, 5]
    other = replace(GATHERED, folder="/r2", candidates=CANDIDATES[:2])
    page.show_state(enrol(EnrolView(other, (True, True), ("Ada", "Ada"))))
    assert len(page.list.rows) == 3
    assert not page.filter.isVisible()


def test_storing_needs_names_and_says_why_not(page, qtbot):
    page.show_state(STATES["review"])
    assert page.store.text() == "Store 3"
    with qtbot.waitSignal(page.store.clicked):
        page.store.click()
    page.show_state(enrol(replace(REVIEW, taken=(True,) * 6)))
    assert not page.store.isEnabled()
    assert page.store.toolTip() == "1 ticked face without a name."
    assert page.line.property("level") == "warn"
    page.show_state(STATES["storing"])
    assert not page.store.isEnabled()
    locked = PeopleView(info=replace(INFO, read_only=True))
    page.show_state(FacesView(page=Page.ENROL, enrol=REVIEW, people=locked))
    assert not page.store.isEnabled()
    with qtbot.waitSignal(page.drop.clicked):
        page.drop.click()


def test_a_doubtful_face_stands_beside_what_it_resembles(page, qtbot):
    asked: list[str] = []
    page.list.thumbs.wanted.connect(asked.extend)
    page.show_state(replace(STATES["review"], thumbs={}))
    qtbot.waitUntil(lambda: {"/r/2.png", "f30"} <= set(asked))
    page.show_state(replace(STATES["review"], thumbs={"/r/2.png": shade(70), "f30": shade(190)}))
    cell = rect_of(page, Kind.DOUBT, 2).toRectF()
    image = page.list.viewport().grab().toImage()
    like = like_box(cell).center()
    assert image.pixelColor(like.toPoint()).red() == 190
    own = like_box(cell).translated(-104, 0).center().toPoint()
    assert image.pixelColor(own).red() == 70


def test_thousands_of_candidates_ask_only_for_what_is_in_view(page, qtbot):
    many = tuple(Candidate(f"/in/{n}.jpg", f"N{n // 9:04}", f"/r/{n}.png", n) for n in range(3000))
    asked: list[str] = []
    page.list.thumbs.wanted.connect(asked.extend)
    page.show_state(enrol(EnrolView(Gathered("/r", "0", many, 334, 1.0), (), tuple(one.name for one in many))))
    qtbot.waitUntil(lambda: bool(asked))
    assert len(asked) < 100
    assert asked[0] == "/r/0.png"


def test_a_batch_of_ticks_is_shown_once(page, qtbot, monkeypatch):
    """The page follows the last state, not each of the states that come while a batch goes out."""
    page.show_state(STATES["review"])
    state = [STATES["review"]]

    def take(index: int, on: bool) -> None:
        taken = tuple(on if n == index else old for n, old in enumerate(state[0].enrol.taken))
        state[0] = replace(state[0], enrol=replace(state[0].enrol, taken=taken))
        page.show_state(state[0])

    page.list.taken.connect(take)
    shown: list[object] = []
    inner = page.list.show_review
    monkeypatch.setattr(page.list, "show_review", lambda *args: (shown.append(args), inner(*args)))
    page.list.selectAll()
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert len(shown) == 1
    assert page.list.review.taken == (True, True, True, True, True, False)
    assert page.line.text().startswith("1 without a name; 5 faces")
