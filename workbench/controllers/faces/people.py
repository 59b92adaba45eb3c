"""The people page and the gallery of the panel: open, unlock, protect, forget, export, retention, search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engines.core.errors import BadInput
from engines.core.words import tr, tr_count
from engines.faces.gallery.types import Expiring, Forgotten
from engines.faces.types import FinderSettings
from widgets.faces.panel.gallery import GallerySection
from widgets.faces.panel.settings import PrivacySection
from widgets.faces.people.page import PeoplePage
from widgets.faces.state import Page
from workbench.controllers.faces.dialogs import Dialogs
from workbench.controllers.faces.gallery import Galleries
from workbench.controllers.faces.thumbs import Thumbs
from workbench.project import forgetting
from workbench.services import Services

if TYPE_CHECKING:
    from engines.faces.gallery.editing import Gallery
    from engines.faces.vectors import Vectors
    from workbench.threads.jobs import JobQueue


class People:
    """What is done with the gallery in use and with the people in it."""

    def __init__(
        self, services: Services, galleries: Galleries, thumbs: Thumbs, dialogs: Dialogs, go: Callable[[str], object]
    ) -> None:
        """go: to a page, from wherever the user is."""
        self._services, self._galleries, self._thumbs = services, galleries, thumbs
        self._dialogs, self._go = dialogs, go
        self._waiting: dict[str, Callable[[], object]] = {}
        galleries.ready.connect(self._go_on)
        galleries.opened.connect(lambda path: None if path else self._waiting.clear())

    def page(self, take: Callable[[Sequence[str]], object], choose_page: Callable[[str], object]) -> PeoplePage:
        """take: files that were dropped."""
        page, edit = PeoplePage(), self._galleries.edit
        page.dropped.connect(take)
        page.thumbs.wanted.connect(self._thumbs.want)
        page.head.by_picture.clicked.connect(self._find_file)
        page.locked.clicked.connect(self.unlock)
        page.expiring.delete.clicked.connect(self.expire)
        asked = page.requests
        asked.newWanted.connect(self.new_gallery)
        asked.openWanted.connect(self.open_gallery)
        asked.galleryChosen.connect(self._galleries.open)
        asked.enrolWanted.connect(partial(choose_page, Page.ENROL))
        asked.searchChanged.connect(self._galleries.search)
        asked.personChosen.connect(self._galleries.select)
        asked.renamed.connect(lambda person, name: edit(lambda gallery: gallery.rename(person, name)))
        asked.merged.connect(lambda ids: edit(lambda gallery: gallery.merge(ids)))
        asked.split.connect(lambda ids: edit(lambda gallery: gallery.split(ids)))
        asked.moved.connect(lambda ids, person: edit(lambda gallery: gallery.move(ids, person)))
        asked.refused.connect(lambda ids, person: edit(lambda gallery: gallery.refuse(ids, person)))
        asked.confirmed.connect(lambda ids, person: edit(lambda gallery: gallery.confirm(ids, person)))
        asked.clusterNamed.connect(lambda ids, name: edit(lambda gallery: gallery.name_cluster(ids, name)))
        asked.portraitChosen.connect(lambda face: edit(lambda all: all.set_portrait(all.face(face).person, face)))
        asked.facesRemoved.connect(lambda ids: edit(lambda gallery: gallery.remove(ids)))
        asked.forgetWanted.connect(self._forget)
        asked.exportWanted.connect(self._export)
        asked.findWanted.connect(self._find_face)
        asked.historyUndone.connect(self._galleries.undo_entry)
        return page

    def join(self, section: GallerySection, privacy: PrivacySection) -> None:
        """Do what the panel's sections ask for."""
        section.newWanted.connect(self.new_gallery)
        section.open.clicked.connect(self.open_gallery)
        section.chosen.connect(lambda path: self._galleries.open(path) if path else self._galleries.close())
        section.unlock.clicked.connect(self.unlock)
        section.protectWanted.connect(self.protect)
        section.unprotectWanted.connect(self._unprotect)
        privacy.keepDaysChanged.connect(self._galleries.keep_days)
        privacy.dry_run.clicked.connect(self._dry_run)
        privacy.expire.clicked.connect(self.expire)

    def new_gallery(self) -> None:
        if path := self._dialogs.new_gallery():
            self._galleries.create(path)

    def open_gallery(self) -> None:
        if path := self._dialogs.open_gallery():
            self._galleries.open(path)

    def ask_gallery(self, what: str, then: Callable[[], object]) -> None:
        """Something is to be stored, and there is nowhere to. then: does that, once there is. what: asked for again it
        takes the place of what was asked before.
        """
        self._waiting[what] = then
        words = tr("Make or open a gallery first; {what} waits for it", what=what)
        self._services.notify(words, "info", tr("New gallery"), self.new_gallery)

    def _go_on(self) -> None:
        """There is a gallery: what waited for one is done."""
        waiting, self._waiting = list(self._waiting.values()), {}
        for then in waiting:
            then()

    def unlock(self) -> None:
        """Ask for the passphrase of the gallery in use and open it again."""
        path = self._galleries.path
        if path and (passphrase := self._dialogs.passphrase(Path(path).name)):
            self._galleries.open(path, passphrase)

    def protect(self) -> None:
        """Encrypt the gallery, or change its passphrase."""
        path = self._galleries.path
        if path and (passphrase := self._dialogs.new_passphrase(Path(path).name)):
            self._galleries.edit(lambda gallery: gallery.protect(passphrase), tr("The gallery was not encrypted"))
            self._services.notify(
                tr("The gallery is being encrypted; without the passphrase nobody can open it"), "info"
            )

    def expire(self) -> None:
        """Delete what is past its time, after a question."""
        question = tr("Faces older than the retention period will be deleted for good. This cannot be undone.")
        if self._galleries.path and self._dialogs.really(tr("Retention"), question, tr("Delete them")):
            self._galleries.ask(_expire, self._expired)

    def show_person(self, person: str) -> None:
        """Go to a person."""
        self._galleries.select(person)
        self._go(Page.PEOPLE)

    def _unprotect(self) -> None:
        """Keep the gallery in the clear from now on."""
        question = tr("Names, pictures and embeddings will lie readable on the disk. Remove the encryption?")
        if self._galleries.path and self._dialogs.really(tr("Remove encryption"), question, tr("Remove")):
            self._galleries.edit(lambda gallery: gallery.unprotect(), tr("The encryption was not removed"))

    def _dry_run(self) -> None:
        """What the retention period would delete today."""
        if self._galleries.path:
            self._galleries.ask(_expiring, self._would_expire)

    def _would_expire(self, expiring: object) -> None:
        self._galleries.show(expiring=expiring)
        self._go(Page.PEOPLE)

    def _expired(self, expired: object) -> None:
        faces = expired.faces if isinstance(expired, Forgotten) else 0
        self._galleries.show(expiring=None)
        self._services.notify(
            tr_count(
                faces, "Deleted {n} face past the retention period", "Deleted {n:,} faces past the retention period"
            ),
            "good",
        )
        self._galleries.forget_steps()
        self._galleries.refresh()

    def _forget(self, person: str) -> None:
        """Delete a person everywhere, after a question; the proof is shown."""
        known = next((one for one in self._galleries.view.people if one.id == person), None)
        if known is None:
            return
        question = tr_count(
            known.faces,
            "Delete {known} with {n} face everywhere: gallery, history, exports, caches. This cannot be undone.",
            "Delete {known} with {n:,} faces everywhere: gallery, history, exports, caches. This cannot be undone.",
            known=known.name,
        )
        if self._dialogs.really(tr("Delete everywhere"), question, tr("Delete everywhere")):
            self._galleries.ask(partial(_forget, person), self._forgotten, tr("Not everything was deleted"))

    def _forgotten(self, gone: object) -> None:
        if isinstance(gone, _Gone):
            jobs = self._services.jobs
            self._galleries.forget_steps()
            self._thumbs.drop(gone.pictures)
            for record in jobs.records():
                if forgetting.tells_of_people(record):
                    jobs.remove(record.id)
            self._galleries.ask(lambda _: _left(jobs, gone.texts), partial(self._proven, gone.proof))

    def _proven(self, proof: Forgotten, left: object) -> None:
        assert isinstance(left, list)
        self._galleries.show(selected="", forgotten=forgetting.with_history(proof, left))
        self._galleries.refresh()

    def _export(self, person: str) -> None:
        """Everything that is stored of a person, as a folder of plain files."""
        if folder := self._dialogs.folder(tr("Export to")):
            notify = self._services.notify
            self._galleries.ask(
                partial(_export, person, Path(folder)),
                lambda where: notify(tr("Exported to {where}", where=where), "good"),
            )

    def _find_face(self, face: str) -> None:
        """Who looks like this stored face."""

        def vector(gallery: Gallery) -> Vectors:
            table = gallery.table()
            return table.vectors[table.faces.index(face)]

        self._galleries.find(face, vector)

    def _find_file(self) -> None:
        """Who looks like the face in a picture."""
        if path := self._dialogs.picture(tr("Search by a face")):
            self._thumbs.want([path])
            self._galleries.find(path, lambda gallery: look(path, gallery.recogniser()))
            self._go(Page.PEOPLE)


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


def _left(jobs: JobQueue, texts: frozenset[str]) -> list[str]:
    return [*jobs.forget(texts), *forgetting.forget_in_logs(texts)]


def _export(person: str, folder: Path, gallery: Gallery) -> Path:
    from engines.faces.gallery import export as gallery_export

    return gallery_export.export(gallery, person, folder)


def _expiring(gallery: Gallery) -> Expiring:
    from engines.faces.gallery import retention

    return retention.expiring(gallery)


def _expire(gallery: Gallery) -> Forgotten:
    from engines.faces.gallery import retention

    return retention.expire(gallery)


def look(path: str, model: str) -> Vectors:
    """The embedding of the largest face of a picture. Raises `BadInput` when there is none."""
    from engines.core.pictures.reading import read_picture
    from engines.faces.detection.finding import open_finder
    from engines.faces.recognition import align
    from engines.faces.recognition.recognisers import open_recogniser

    image = read_picture(path)
    found = open_finder(FinderSettings(search="pyramid")).detect(image)
    if not len(found):
        raise BadInput(tr("No face was found in this picture"), path=path, hint=tr("Choose one with a larger face"))
    largest = int(np.argmax(found.boxes[:, 2] * found.boxes[:, 3]))
    embedder, points = open_recogniser(model), found.points[largest : largest + 1]
    return embedder.embed(align.inputs(image, points, embedder.card, align.crops(image, points)))[0]
