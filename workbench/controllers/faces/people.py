"""What the faces panel does with people and galleries: unlock, protect, forget, export, retention, search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engines.core.errors import BadInput
from engines.faces.gallery.types import Expiring, Forgotten
from engines.faces.study_types import SelfCheckCase
from engines.faces.types import FinderSettings
from widgets.faces.state import Page
from widgets.kit.words import count
from workbench.project import forgetting

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery
    from engines.faces.recognition.embed import Vectors
    from workbench.controllers.faces.controller import FacesController
    from workbench.threads.jobs import JobQueue


def unlock(desk: FacesController) -> None:
    """Ask for the passphrase of the gallery in use and open it again."""
    path = desk.galleries.path
    if path and (passphrase := desk.dialogs.passphrase(Path(path).name)):
        desk.galleries.open(path, passphrase)


def protect(desk: FacesController) -> None:
    """Encrypt the gallery, or change its passphrase."""
    path = desk.galleries.path
    if path and (passphrase := desk.dialogs.new_passphrase(Path(path).name)):
        desk.galleries.edit(lambda gallery: gallery.protect(passphrase), "The gallery was not protected")
        desk.services.notify("The gallery is being encrypted; without the passphrase nobody can open it", "info")


def unprotect(desk: FacesController) -> None:
    """Keep the gallery in the clear from now on."""
    question = "Names, pictures and embeddings will lie readable on the disk. Take the protection off?"
    if desk.galleries.path and desk.dialogs.really("Unprotect gallery", question, "Take it off"):
        desk.galleries.edit(lambda gallery: gallery.unprotect(), "The protection was not taken off")


def choose_portrait(desk: FacesController, face: str) -> None:
    """This face stands for its person."""
    desk.galleries.edit(lambda gallery: gallery.set_portrait(gallery.face(face).person, face))


def forget_person(desk: FacesController, person: str) -> None:
    """Delete a person everywhere, after a question; the proof is shown."""
    known = next((one for one in desk.galleries.view.people if one.id == person), None)
    if known is None:
        return
    question = (
        f"Delete {known.name} with {count(known.faces, 'face')} everywhere: gallery, history, exports, caches. "
        "This cannot be undone."
    )
    if desk.dialogs.really("Delete everywhere", question, "Delete everywhere"):
        desk.galleries.ask(partial(_forget, person), partial(_forgotten, desk), "Not everything was deleted")


@dataclass(frozen=True, slots=True)
class _Gone:
    """pictures: keys of their thumbnails. texts: what jobs were told of them."""

    proof: Forgotten
    pictures: tuple[str, ...]
    texts: frozenset[str]


def _forget(person: str, gallery: Gallery) -> _Gone:
    from engines.faces.gallery import forget

    faces, texts = gallery.faces(person), forgetting.texts_of(gallery, person)
    pictures = (person, *(face.id for face in faces), *(face.source for face in faces))
    return _Gone(forget.forget(gallery, person), pictures, texts)


def _forgotten(desk: FacesController, gone: object) -> None:
    if isinstance(gone, _Gone):
        jobs = desk.services.jobs
        desk.services.undo.clear()
        desk.thumbs.drop(gone.pictures)
        for record in jobs.records():
            if forgetting.tells_of_people(record):
                jobs.remove(record.id)
        desk.galleries.ask(lambda _: _left(jobs, gone.texts), partial(_proven, desk, gone.proof))


def _left(jobs: JobQueue, texts: frozenset[str]) -> list[str]:
    return [*jobs.forget(texts), *forgetting.forget_in_logs(texts)]


def _proven(desk: FacesController, proof: Forgotten, left: object) -> None:
    assert isinstance(left, list)
    desk.galleries.show(selected="", forgotten=forgetting.with_history(proof, left))
    desk.galleries.refresh()


def export_person(desk: FacesController, person: str) -> None:
    """Everything that is stored of a person, as a folder of plain files."""
    folder = desk.dialogs.folder("Export to")
    if not folder:
        return

    def told(where: object) -> None:
        desk.services.notify(f"Exported to {where}", "good")

    desk.galleries.ask(partial(_export, person, Path(folder)), told)


def _export(person: str, folder: Path, gallery: Gallery) -> Path:
    from engines.faces.gallery import export as gallery_export

    return gallery_export.export(gallery, person, folder)


def keep_days(desk: FacesController, days: int) -> None:
    """How long faces are kept; nothing is deleted by setting it."""
    desk.galleries.edit(lambda gallery: gallery.set_keep_days(days), "The retention period was not kept")


def dry_run(desk: FacesController) -> None:
    """What the retention period would delete today."""
    info = desk.galleries.view.info
    if info is None:
        return

    def told(expiring: object) -> None:
        if isinstance(expiring, Expiring):
            desk.galleries.show(expiring=expiring)
            desk.go_to(Page.PEOPLE)

    desk.galleries.ask(_expiring, told)


def _expiring(gallery: Gallery) -> Expiring:
    from engines.faces.gallery import retention

    return retention.expiring(gallery)


def expire(desk: FacesController) -> None:
    """Delete what is past its time, after a question."""
    info = desk.galleries.view.info
    question = "Faces older than the retention period will be deleted for good. This cannot be undone."
    if info is None or not desk.dialogs.really("Retention", question, "Delete them"):
        return

    def told(expired: object) -> None:
        faces = expired.faces if isinstance(expired, Forgotten) else 0
        desk.galleries.show(expiring=None)
        desk.services.notify(f"Deleted {count(faces, 'face')} past the retention period", "good")
        desk.services.undo.clear()
        desk.galleries.refresh()

    desk.galleries.ask(_expire, told)


def _expire(gallery: Gallery) -> Forgotten:
    from engines.faces.gallery import retention

    return retention.expire(gallery)


def find_face(desk: FacesController, face: str) -> None:
    """Who looks like this stored face."""

    def vector(gallery: Gallery) -> Vectors:
        table = gallery.table()
        return table.vectors[table.faces.index(face)]

    desk.galleries.find(face, vector)


def find_file(desk: FacesController) -> None:
    """Who looks like the face in a picture."""
    if path := desk.dialogs.picture("Search by a face"):
        desk.thumbs.want([path])
        desk.galleries.find(path, lambda gallery: look(path, gallery.recogniser()))
        desk.go_to(Page.PEOPLE)


def look(path: str, model: str) -> Vectors:
    """The embedding of the largest face of a picture. Raises `BadInput` when there is none."""
    from engines.core.pictures.reading import read_picture
    from engines.faces.detection.finding import open_finder
    from engines.faces.recognition import align
    from engines.faces.recognition.recognisers import open_recogniser

    image = read_picture(path)
    found = open_finder(FinderSettings(search="pyramid")).detect(image)
    if not len(found):
        raise BadInput("No face was found in this picture", path=path, hint="Choose one with a larger face")
    largest = int(np.argmax(found.boxes[:, 2] * found.boxes[:, 3]))
    embedder, points = open_recogniser(model), found.points[largest : largest + 1]
    return embedder.embed(align.inputs(image, points, embedder.card, align.crops(image, points)))[0]


def show_case(desk: FacesController, face: str) -> None:
    """Go to the person a face belongs to."""
    case = next((one for one in _cases(desk) if one.face == face), None)
    if case is not None:
        desk.galleries.select(case.person)
        desk.go_to(Page.PEOPLE)


def _cases(desk: FacesController) -> tuple[SelfCheckCase, ...]:
    report = desk.thresholds.view.report
    return report.cases if report is not None else ()
