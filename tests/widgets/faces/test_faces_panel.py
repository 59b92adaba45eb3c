"""The faces panel: it shows exactly its state, says what the user wants, and touches nothing that did not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox

from engines.core.frames import Size, Stamp
from engines.faces.gallery.types import Expiring, GalleryInfo, Person
from engines.faces.types import Accept, Box, FinderSettings, RecogniserSettings, Recognition, TrackedFace
from tests.widgets.faces.face_views import LONG
from widgets.faces.panel.dock import FacesPanel
from widgets.faces.panel.tracks import ROW
from widgets.faces.state import FacesView, LiveFaces, PeopleView, SourceChoice
from widgets.kit.panel import FOLDS

POINTS = ((70.0, 75.0), (110.0, 75.0), (90.0, 95.0), (75.0, 115.0), (105.0, 115.0))


def face(track: int, name: str = "", similarity: float = 0.3, **more: object) -> TrackedFace:
    told = {"person": name, "name": name, "similarity": similarity, "nearest": name or "Grace", "evidence": 4} | more
    return TrackedFace(track, Box(50, 40, 80, 100), POINTS, 0.9, 0.8, **told)


ADA, UNKNOWN, FAR = face(3, "Ada", 0.71), face(4), face(7, LONG, 0.62, seen=False)
INFO = GalleryInfo("/data/lab.faces", 412, 1830, 12, "sface", "ab", 128, keep_days=90)
PEOPLE = PeopleView(
    INFO, ("/data/old.faces",), people=(Person("p", "Ada", 3, "", 0, 0), Person("q", "Alan", 1, "", 0, 0))
)
SOURCES = (SourceChoice("usb:0", "Front door"), SourceChoice("film", LONG))


def found(*faces: TrackedFace, **more: object) -> Recognition:
    stages = {"detect": 13.0, "embed": 6.2, "match": 0.01}
    told = {"threshold": 0.412, "people": 412, "stages": stages, "milliseconds": 21.4} | more
    return Recognition(Stamp("a", 0, 0, 0), Size(640, 480), faces, **told)


def live(*faces: TrackedFace, **more: object) -> FacesView:
    seen = LiveFaces(SOURCES, "usb:0", True, found(*faces, **more), 24.6)
    thumbs = {f"track:{one.track}": np.full((112, 112, 3), 40 * k + 60, np.uint8) for k, one in enumerate(faces)}
    return FacesView(live=seen, people=PEOPLE, thumbs=thumbs, settings=RecogniserSettings(gallery=INFO.path))


@pytest.fixture
def panel(qtbot):
    FOLDS.state.clear()
    made = FacesPanel()
    qtbot.addWidget(made)
    made.resize(400, 1400)
    made.show()
    return made


def heard(signal) -> list:
    said: list = []
    signal.connect(lambda *values: said.append(values))
    return said


def test_head_and_start_say_how_things_stand(panel):
    for view, state, can in (
        (FacesView(), "No source", False),
        (FacesView(live=LiveFaces(SOURCES, "usb:0")), "Not looking", True),
        (FacesView(live=LiveFaces(SOURCES, "usb:0"), missing={"yunet": 1}), "Not looking", False),
        (FacesView(live=LiveFaces(SOURCES, "usb:0", True)), "Opening", True),
        (live(), "No face, 25 fps", True),
        (live(ADA, UNKNOWN, FAR), "2 known, 1 unknown, 25 fps", True),
    ):
        panel.show_state(view)
        assert (panel.state, panel.start.isEnabled()) == (state, can)
        assert panel.start.text() == ("Stop" if view.live.running else "Start")


def test_networks_that_are_not_here_are_offered(panel, qtbot):
    panel.show_state(FacesView(missing={"yunet": 232_589, "sface": 38_696_353, "dlib": 5}))
    assert panel.trouble.isVisible()
    assert panel.trouble.fetch.text() == "Fetch 38.9 MB"
    fetched = heard(panel.trouble.fetchWanted)
    qtbot.mouseClick(panel.trouble.fetch, Qt.MouseButton.LeftButton)
    assert len(fetched) == 1


def test_an_unknown_face_is_offered_for_enrolment_and_enrolled_by_return(panel, qtbot):
    panel.show_state(live(ADA, UNKNOWN))
    assert panel.tracks.list.track == 4
    said = heard(panel.tracks.enrolWanted)
    qtbot.keyClicks(panel.tracks.name, "  Grace   Hopper ")
    qtbot.keyClick(panel.tracks.name, Qt.Key.Key_Return)
    assert said == [(4, "Grace Hopper")]
    assert panel.tracks.name.text() == ""


def test_a_name_that_nobody_got_stays_in_the_field(panel, qtbot):
    panel.show_state(live(ADA, UNKNOWN))
    panel.tracks.enrolWanted.connect(lambda _track, name: panel.tracks.take_back(name))
    qtbot.keyClicks(panel.tracks.name, "Grace")
    qtbot.keyClick(panel.tracks.name, Qt.Key.Key_Return)
    assert panel.tracks.name.text() == "Grace"


def test_a_name_is_for_the_face_it_was_begun_for_even_when_that_one_left(panel, qtbot):
    panel.show_state(live(ADA, UNKNOWN))
    said = heard(panel.tracks.enrolWanted)
    qtbot.keyClicks(panel.tracks.name, "Grac")
    panel.show_state(live(ADA, face(9)))
    assert panel.tracks.list.track == 9
    qtbot.keyClicks(panel.tracks.name, "e")
    qtbot.keyClick(panel.tracks.name, Qt.Key.Key_Return)
    assert said == [(4, "Grace")]


def test_a_wrong_name_is_refused_by_button_and_by_key(panel, qtbot):
    panel.show_state(live(ADA, UNKNOWN))
    assert not panel.tracks.refuse.isVisible()
    chosen, refused = heard(panel.tracks.list.chosen), heard(panel.tracks.refuseWanted)
    qtbot.mouseClick(panel.tracks.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(120, ROW // 2))
    assert chosen == [(3,)]
    assert panel.tracks.refuse.text() == "Not Ada"
    qtbot.mouseClick(panel.tracks.refuse, Qt.MouseButton.LeftButton)
    qtbot.keyClick(panel.tracks.list, Qt.Key.Key_Delete)
    assert refused == [(3,), (3,)]
    qtbot.keyClick(panel.tracks.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tracks.list, Qt.Key.Key_Delete)
    assert len(refused) == 2


def test_nothing_below_moves_while_faces_come_and_go(panel, qtbot):
    panel.show_state(live(ADA, UNKNOWN))
    QApplication.processEvents()
    before = panel.gallery.y()
    for faces in ((UNKNOWN,), (), (ADA,), (ADA, UNKNOWN)):
        panel.show_state(live(*faces))
        QApplication.processEvents()
        assert panel.gallery.y() == before
    assert panel.tracks.enrol.isEnabled()
    panel.show_state(live())
    assert not panel.tracks.enrol.isEnabled()


def test_the_chosen_face_stays_chosen_while_others_come_and_go(panel):
    panel.show_state(live(ADA, UNKNOWN, FAR))
    panel.tracks.list.select(7)
    panel.show_state(live(face(1), ADA, FAR))
    assert panel.tracks.list.track == 7
    panel.show_state(live(ADA))
    assert panel.tracks.list.track == 3


def row_pixels(panel, row: int) -> np.ndarray:
    view = panel.tracks.list
    image = view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[row * ROW : (row + 1) * ROW, :, :3].astype(int)


def test_a_row_shows_the_similarity_against_the_threshold(panel):
    """The green part of the bar is as long as the similarity says, and the mark stands at the threshold."""
    panel.show_state(live(ADA, UNKNOWN))
    bar = row_pixels(panel, 0)[31:37]
    green = np.flatnonzero(((bar[..., 1] > bar[..., 2] + 60) & (bar[..., 1] > 120)).any(axis=0))
    mark = np.flatnonzero((row_pixels(panel, 0)[30] > 180).all(axis=1))
    start = green.min()
    width = panel.tracks.list.viewport().width() - 9 - start
    assert (green.max() - start) / width == pytest.approx(0.71, abs=0.03)
    assert (mark.mean() - start) / width == pytest.approx(0.412, abs=0.03)


def test_a_covered_face_is_covered_in_the_list(panel):
    bright = {"track:4": np.full((112, 112, 3), 250, np.uint8)}
    panel.show_state(replace(live(UNKNOWN), thumbs=bright))
    assert (row_pixels(panel, 0)[:, :60] > 240).all(axis=2).sum() > 1000
    panel.show_state(replace(live(replace(UNKNOWN, mosaic=(("#101010",),))), thumbs=bright))
    assert (row_pixels(panel, 0)[:, :60] > 240).all(axis=2).sum() == 0


def test_notes_and_costs_are_said_in_words(panel):
    panel.show_state(live(note="The gallery is locked: unlock it to see names"))
    assert panel.tracks.note.text().startswith("The gallery is locked")
    assert panel.tracks.cost.text() == "21 ms a frame: detect 13, embed 6"
    panel.show_state(live(ADA))
    assert not panel.tracks.note.isVisible()


def test_settings_go_out_whole(panel, qtbot):
    panel.show_state(live(ADA))
    said = heard(panel.settingsChanged)
    panel.looking.set_folded(False)
    panel.privacy.set_folded(False)
    panel.looking.search._buttons["tiles"].click()
    panel.looking.smallest.setValue(14)
    panel.privacy.blur._buttons["unknown"].click()
    panel.looking.gaze.click()
    want = RecogniserSettings(INFO.path, FinderSettings(search="tiles", smallest=14), blur="unknown", gaze=True)
    assert said[-1] == (want,)
    assert len(said) == 4
    assert panel.looking.smallest.isVisible()
    panel.sure.accept.number.setValue(1000)
    qtbot.waitUntil(lambda: len(said) == 5)
    assert said[-1] == (replace(want, accept=Accept(1e-3)),)


def test_the_threshold_follows_unless_set_by_hand(panel):
    panel.show_state(live(ADA))
    assert panel.sure.words.text() == "Threshold 0.412 for 412 people"
    assert not panel.sure.follow.isVisible()
    said = heard(panel.settingsChanged)
    fixed = live(ADA)
    panel.show_state(replace(fixed, settings=replace(fixed.settings, threshold=0.5)))
    assert panel.sure.words.text() == "Threshold 0.500, set by hand"
    panel.sure.follow.click()
    assert said[-1][0].threshold is None


def test_before_anybody_is_enrolled_where_the_threshold_comes_from_is_said_in_full(panel):
    nobody = PeopleView(replace(INFO, people=0, faces=0))
    panel.resize(360, 1400)
    panel.show_state(replace(live(), people=nobody, live=LiveFaces(SOURCES, "usb:0", False)))
    label = panel.sure.words
    wanted = label.fontMetrics().boundingRect(0, 0, label.width(), 1000, Qt.TextFlag.TextWordWrap, label.text())
    assert "enrolled" in label.text()
    assert wanted.width() <= label.width()
    assert wanted.height() <= label.height()


def test_the_gallery_says_how_it_is_and_what_can_be_done(panel):
    panel.show_state(FacesView())
    assert panel.gallery.make.isVisible()
    panel.show_state(live())
    assert panel.gallery.facts.text() == "412 people, 1,830 faces, 12 unknown"
    assert not panel.gallery.unlock.isVisible()
    assert [action.text() for action in panel.gallery.recent.menu().actions()] == ["old"]
    chosen = heard(panel.gallery.chosen)
    panel.gallery.recent.menu().actions()[0].trigger()
    assert chosen == [("/data/old.faces",)]
    locked = replace(INFO, encrypted=True, locked=True)
    panel.show_state(replace(live(), people=PeopleView(locked)))
    assert panel.gallery.unlock.isVisible()
    assert panel.gallery.guard.text == "Locked"
    assert not panel.sure.isVisible()


def test_retention_shows_what_it_would_delete_before_it_can(panel):
    panel.privacy.set_folded(False)
    panel.show_state(live())
    assert (panel.privacy.days.whole(), panel.privacy.expire.isVisible()) == (90, False)
    expiring = Expiring(90, 14, ("Ada", "Bob", "Cy", "Di", "Ed"), 0.0)
    panel.show_state(replace(live(), people=replace(PEOPLE, expiring=expiring)))
    assert panel.privacy.expiring.text() == "14 faces of Ada, Bob, Cy and 2 more would be deleted."
    assert panel.privacy.expire.text() == "Delete 14 faces"
    asked = heard(panel.privacy.keepDaysChanged)
    panel.privacy.days.setValue(30)
    assert asked == [(30,)]


def test_an_equal_state_repaints_nothing(panel, qtbot):
    view = live(ADA, UNKNOWN, FAR)
    panel.show_state(view)
    QApplication.processEvents()
    said = heard(panel.settingsChanged)
    resets = heard(panel.tracks.list.model().modelReset)
    changes = heard(panel.tracks.list.model().dataChanged)
    panel.show_state(replace(view, live=replace(view.live, recognition=found(ADA, UNKNOWN, FAR))))
    assert (said, resets, changes) == ([], [], [])


def test_everything_has_a_name_and_a_tip(panel):
    panel.show_state(live(ADA, UNKNOWN))
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox):
        for control in panel.findChildren(kind):
            if not control.objectName().startswith("qt_"):
                assert control.accessibleName(), control
                assert control.toolTip(), control
    assert panel.tracks.name.accessibleName()
    assert panel.tracks.list.accessibleName()
