"""The people page on a gallery file: what is said on the page is done in the file, and what is done there is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engines.faces.gallery.editing import Gallery
from tests.engines.faces.gallery.galleries import Maker, filled
from widgets.faces.people.page import PeoplePage
from widgets.faces.state import FacesView, Page, PeopleView


class Desk:
    """The page with its gallery behind it."""

    def __init__(self, page: PeoplePage, gallery: Gallery) -> None:
        self.page, self.gallery, self.view = page, gallery, PeopleView()
        for signal, verb in (
            (page.requests.renamed, gallery.rename),
            (page.requests.merged, gallery.merge),
            (page.requests.split, gallery.split),
            (page.requests.moved, gallery.move),
            (page.requests.refused, gallery.refuse),
            (page.requests.confirmed, gallery.confirm),
            (page.requests.clusterNamed, gallery.name_cluster),
            (page.requests.facesRemoved, gallery.remove),
        ):
            signal.connect(lambda *args, verb=verb: (verb(*args), self.show()))
        page.requests.portraitChosen.connect(
            lambda face: (gallery.set_portrait(gallery.face(face).person, face), self.show()),
        )
        page.requests.personChosen.connect(lambda person: self.show(selected=person))
        page.requests.historyUndone.connect(self._turn)
        page.thumbs.wanted.connect(self._thumbs)
        self.thumbs: dict = {}
        self.show()

    def show(self, **fields) -> None:
        self.view = replace(self.view, info=self.gallery.info(), people=self.gallery.people(), **fields)
        selected = self.view.selected
        known = any(person.id == selected for person in self.view.people)
        faces = self.gallery.faces(selected) if known else ()
        self.view = replace(self.view, faces=faces, history=self.gallery.history())
        self.page.show_state(FacesView(page=Page.PEOPLE, people=self.view, thumbs=dict(self.thumbs)))

    def _turn(self, change: int) -> None:
        undone = next(entry for entry in self.gallery.history() if entry.id == change).undone
        (self.gallery.redo if undone else self.gallery.undo)(change)
        self.show()

    def _thumbs(self, keys: list[str]) -> None:
        self.thumbs |= {key: self.gallery.thumbnail(key) for key in keys}
        self.show()

    @property
    def counts(self) -> dict[str, str]:
        """What the portraits say."""
        return {item.caption: item.sub for item in self.page.grid.items}

    def choose(self, name: str) -> None:
        self.page.requests.personChosen.emit(self.id(name))

    def id(self, name: str) -> str:
        return next(person.id for person in self.gallery.people() if person.name == name)


@pytest.fixture
def desk(qtbot, tmp_path):
    gallery = filled(tmp_path / "a.gallery", people=3, each=3)
    page = PeoplePage()
    qtbot.addWidget(page)
    page.resize(1000, 700)
    with qtbot.waitExposed(page):
        page.show()
    yield Desk(page, gallery)
    gallery.close()


def test_merging_splitting_and_taking_both_back(desk, qtbot):
    whole = {f"Person {n}": "3 faces" for n in range(3)}
    assert desk.counts == whole
    desk.choose("Person 0")
    pane = desk.page.side.person
    pane.ask_merge()
    pane.bar.field.setText("person 2")
    pane.bar.accept.click()
    assert desk.counts == {"Person 0": "6 faces", "Person 1": "3 faces"}
    assert pane.line.text().startswith("6 faces")
    pane.grid.select([item.id for item in pane.grid.items[:2]])
    pane.make.click()
    assert sorted(desk.counts.values()) == ["2 faces", "3 faces", "4 faces"]
    desk.page.head.history.click()
    for _ in range(2):
        latest = next(change for change in desk.view.history if not change.undone)
        desk.page.requests.historyUndone.emit(latest.id)
    assert desk.counts == whole


def test_renaming_a_portrait_moving_by_drop_and_redoing(desk):
    desk.choose("Person 1")
    pane = desk.page.side.person
    pane.start_rename()
    pane.rename_field.setText("Zoë")
    pane.rename_field.commit()
    assert "Zoë" in desk.counts
    assert pane.name.text() == "Zoë"
    face = pane.grid.items[-1].id
    pane.grid.select([face])
    pane.requests.portraitChosen.emit(face)
    assert next(item for item in pane.grid.items if item.id == face).badge == "star"
    desk.page.grid.faceDropped.emit([face], desk.id("Person 0"))
    assert desk.counts["Person 0"] == "4 faces"
    moved = desk.view.history[0].id
    desk.page.requests.historyUndone.emit(moved)
    assert desk.counts["Person 0"] == "3 faces"
    desk.page.requests.historyUndone.emit(moved)
    assert desk.counts["Person 0"] == "4 faces", "an entry that was taken back is made again"


def test_a_person_who_loses_every_face_leaves_the_side(desk):
    desk.choose("Person 2")
    pane = desk.page.side.person
    pane.grid.selectAll()
    pane.not_them.click()
    assert "Person 2" not in desk.counts
    assert not desk.page.side.isVisible()
    assert len(desk.gallery.refusals()) == 3
    desk.page.requests.clusterNamed.emit(
        [face for face in desk.gallery.table().faces if not desk.gallery.face(face).person], "Ada"
    )
    assert desk.counts["Ada"] == "3 faces"


def test_the_pictures_of_the_file_are_what_is_painted(desk, qtbot):
    qtbot.waitUntil(lambda: len(desk.thumbs) >= 3)
    person = desk.gallery.people()[0]
    cell = desk.page.grid.visualRect(desk.page.grid.model().index(0))
    shown = desk.page.grid.viewport().grab().toImage().pixelColor(cell.center().x() - 24, cell.top() + 40)
    stored = desk.gallery.thumbnail(person.portrait).reshape(-1, 3)[:, ::-1].astype(int)
    painted = [shown.red(), shown.green(), shown.blue()]
    assert abs(stored - painted).sum(axis=1).min() < 12, "a colour of the stored picture"


def test_faces_that_were_not_confirmed_are_once_the_page_says_so(desk):
    desk.gallery.add("Person 0", Maker(7).faces(0, 1), confirmed=False)
    desk.show()
    desk.choose("Person 0")
    pane = desk.page.side.person
    assert [item.badge for item in pane.grid.items].count("question") == 1
    pane.grid.selectAll()
    next(action for action in pane.face_menu(pane.grid.selected).actions() if action.text() == "Confirm").trigger()
    assert all(face.confirmed for face in desk.gallery.faces(desk.id("Person 0")))
    assert [item.badge for item in pane.grid.items].count("question") == 0
