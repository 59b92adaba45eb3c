"""What the controller tells the study pages: sizes of pictures, what became of a suspicion, what can be changed."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QObject

from engines.core.frames import Size
from engines.faces.study_types import Audit, AuditSpec, Suspicion
from engines.faces.tracking.live_gallery import KnownPeople
from engines.faces.types import Accept
from tests.engines.faces.gallery.galleries import filled
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.faces.studies import Studies, located, picture_size
from workbench.controllers.faces.thresholds import _report
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor


@pytest.fixture
def studies(qtbot, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch):
    """Without the jobs themselves."""
    monkeypatch.setattr(JobSlot, "start", lambda *_what: None)
    owner, queue = QObject(), JobQueue(supervisor, workers=1)
    yield Studies(queue, owner)
    supervisor.shutdown()
    queue.close()


def jpeg(wide: int, high: int, note: int) -> bytes:
    """A picture with an EXIF note of how it is to be turned (1 to 8)."""
    _done, plain = cv2.imencode(".jpg", np.zeros((high, wide, 3), np.uint8))
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, note, 0, 0)
    exif = b"Exif\0\0" + tiff
    return plain.tobytes()[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + plain.tobytes()[2:]


@pytest.mark.parametrize("note", range(1, 9))
def test_a_picture_is_as_large_as_it_is_shown(tmp_path, note):
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(100, 40, note))
    shown = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert picture_size(str(path)) == Size(shown.shape[1], shown.shape[0])
    assert (shown.shape[0] > shown.shape[1]) == (note >= 5)


def test_what_is_no_picture_has_no_size(tmp_path):
    (tmp_path / "a.jpg").write_text("no picture")
    assert picture_size(str(tmp_path / "a.jpg")) is None
    assert picture_size(str(tmp_path / "none.jpg")) is None


def test_pictures_to_verify_come_with_their_sizes(studies, tmp_path):
    for side, wide in (("a", 120), ("b", 300)):
        path = tmp_path / f"{side}.jpg"
        path.write_bytes(jpeg(wide, 50, 1))
        studies.show_picture(side, str(path))
    view = studies.verify_view
    assert (view.size_a, view.size_b) == (Size(120, 50), Size(300, 50))


@pytest.mark.parametrize("below", ["", "set", "set/all"])
def test_pictures_of_a_folder_are_given_by_their_whole_paths(tmp_path, below):
    root = tmp_path / below
    one, other = root / "Ada" / "1.jpg", root / "Grace" / "2.jpg"
    for path in (one, other):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"")
    suspicion = Suspicion("Ada/1.jpg", "Ada", "wrong-name", 1.0, None, 0.9, "Grace/2.jpg", "Grace", "")
    audit = located(Audit((suspicion,), 2, 2, (), 0.1), tmp_path)
    assert [audit.suspicions[0].image, audit.suspicions[0].like] == [str(one), str(other)]
    assert audit.suspicions[0].own_example == ""
    assert located(audit, tmp_path / "lab.gallery") is audit


def test_names_of_a_folder_cannot_be_changed_and_a_moved_face_is_settled(studies, tmp_path):
    studies.audit(AuditSpec(str(tmp_path)))
    assert not studies.audit_view.editable
    studies.audit(AuditSpec(str(tmp_path / "lab.gallery")))
    assert studies.audit_view.editable
    studies.settle_suspicion(3)
    studies.settle_suspicion(3)
    assert studies.audit_view.settled == {3}
    studies.dismiss_suspicion(1)
    assert (studies.audit_view.settled, studies.audit_view.dismissed) == ({3}, {1})


def test_the_threshold_page_and_the_live_recogniser_have_one_threshold(tmp_path):
    with filled(tmp_path / "a.faces", people=12, each=3) as gallery:
        accept = Accept(1e-3)
        live = KnownPeople.of(gallery.table(), gallery.names(), gallery.card.name)
        assert _report(gallery, accept).chosen.threshold == live.threshold(accept)
