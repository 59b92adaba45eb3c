"""What the controller tells the study pages: sizes of pictures, what became of a suspicion, what can be changed."""

from __future__ import annotations

import struct
from types import SimpleNamespace
from typing import Any, cast

import cv2
import numpy as np
import pytest

from engines.core.frames import Size
from engines.faces.study_types import Audit, Suspicion
from engines.faces.tracking.live_gallery import KnownPeople
from engines.faces.types import Accept
from tests.engines.faces.gallery.galleries import filled
from workbench.controllers.common.job_slot import JobSlot
from workbench.controllers.faces.audit import Audits, located
from workbench.controllers.faces.threshold import report_of
from workbench.controllers.faces.verify import Verification, picture_size
from workbench.threads.jobs import JobQueue
from workbench.threads.supervisor import Supervisor


@pytest.fixture
def queue(qtbot, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch):
    """Without the jobs themselves."""
    monkeypatch.setattr(JobSlot, "start", lambda *_what: None)
    made = JobQueue(supervisor, workers=1)
    yield made
    supervisor.shutdown()
    made.close()


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


def test_pictures_to_verify_come_with_their_sizes(queue, tmp_path):
    pictures: Any = SimpleNamespace(put=lambda *_: None, read=lambda *_: None)
    part = Verification(queue, cast("Any", None), pictures, cast("Any", None), queue)
    for side, wide in (("a", 120), ("b", 300)):
        path = tmp_path / f"{side}.jpg"
        path.write_bytes(jpeg(wide, 50, 1))
        part.show_picture(side, str(path))
    view = part.view
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


def test_names_of_a_folder_cannot_be_changed_and_a_moved_face_is_settled(queue, tmp_path):
    services: Any = SimpleNamespace(jobs=queue)
    part = Audits(services, cast("Any", None), cast("Any", None), lambda _page: None, queue)
    part.start(str(tmp_path))
    assert not part.view.editable
    part.start(str(tmp_path / "lab.gallery"))
    assert part.view.editable
    part.settle(3)
    part.settle(3)
    assert part.view.settled == {3}
    part.dismiss(1)
    assert (part.view.settled, part.view.dismissed) == ({3}, {1})


def test_the_threshold_page_and_the_live_recogniser_have_one_threshold(tmp_path):
    with filled(tmp_path / "a.faces", people=12, each=3) as gallery:
        accept = Accept(1e-3)
        live = KnownPeople.of(gallery.table(), gallery.names(), gallery.card.name)
        assert report_of(gallery, accept).chosen.threshold == live.threshold(accept)
