"""The audit page: wrong names in a gallery or a folder, found by a job; in a gallery they are put right here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject

from engines.core.spec import to_json
from engines.core.words import tr
from engines.faces.study_types import Audit, AuditSpec, Suspicion
from widgets.faces.state import AuditView, Page
from widgets.faces.studies.audit_page import AuditPage
from workbench.controllers.common.part import Part
from workbench.controllers.faces.command import audit_line
from workbench.controllers.faces.dialogs import Dialogs
from workbench.controllers.faces.gallery import Galleries
from workbench.controllers.faces.thumbs import Thumbs
from workbench.services import Services

JOB = "engines.faces.evaluation.audit:run"
COLUMNS = ("image", "name", "kind", "score", "own", "other", "like", "like_name", "reason")


class Audits(Part):
    """Rows are places in `Audit.suspicions`."""

    def __init__(
        self, services: Services, galleries: Galleries, dialogs: Dialogs, go: Callable[[str], object], parent: QObject
    ) -> None:
        """go: to a page, from wherever the user is."""
        super().__init__(parent)
        self._services, self._galleries, self._dialogs, self._go = services, galleries, dialogs, go
        self._view = AuditView()
        self._slot = self.slot(services.jobs, JOB, tr("The audit failed"))
        self._slot.done.connect(self._done)

    @property
    def view(self) -> AuditView:
        return replace(self._view, busy=self._slot.busy)

    def page(self, thumbs: Thumbs) -> AuditPage:
        page = AuditPage()
        page.gallery.clicked.connect(self.start_gallery)
        page.folder.clicked.connect(lambda: self.start(self._dialogs.folder(tr("Folder to look through"))))
        page.suspicionChosen.connect(self._select)
        page.suspicionDismissed.connect(self.dismiss)
        page.suspicionMoved.connect(self._move)
        page.suspicionRemoved.connect(self._remove)
        page.save.clicked.connect(self._save)
        page.progress.cancelled.connect(self.cancel)
        page.list.thumbs.wanted.connect(thumbs.want)
        return page

    def start(self, target: str) -> None:
        """Look for wrong names in a gallery or folder, "" for nothing."""
        if target:
            spec = AuditSpec(target)
            self._view = AuditView(target, editable=not Path(target).is_dir())
            self._slot.start(spec, tr("Find wrong names"), audit_line(spec))
            self._go(Page.AUDIT)

    def start_gallery(self) -> None:
        """In the gallery in use."""
        self.start(self._galleries.path)

    def dismiss(self, row: int) -> None:
        """The name is right, or is not after all: the second time takes the first back."""
        self._show(dismissed=self._view.dismissed ^ {row})

    def settle(self, row: int) -> None:
        """The face was moved or removed."""
        self._show(settled=self._view.settled | {row})

    def _select(self, row: int) -> None:
        self._show(selected=row)

    def _move(self, row: int) -> None:
        """Give the face to whom it resembles. Only in a gallery; files of the user are never moved."""
        if one := self._suspicion(row):
            people = self._galleries.view.people
            target = next((person.id for person in people if person.name == one.like_name), "")
            self._galleries.edit(lambda gallery: gallery.move([one.image], target))
            self.settle(row)

    def _remove(self, row: int) -> None:
        """Take the face out of the gallery; Undo brings it back."""
        if one := self._suspicion(row):
            self._galleries.edit(lambda gallery: gallery.remove([one.image]))
            self.settle(row)

    def _save(self) -> None:
        """The suspicions as JSON or CSV."""
        if audit := self._view.audit:
            rows = [tuple(getattr(one, name) for name in COLUMNS) for one in audit.suspicions]
            titles = tuple(name.replace("_", " ") for name in COLUMNS)
            self._dialogs.save_report(tr("Save suspicions"), "suspicions.csv", to_json(audit), [titles, *rows])

    def _suspicion(self, row: int) -> Suspicion | None:
        """A row of the audit of the gallery in use."""
        view = self._view
        if view.audit is None or view.target != self._galleries.path or not 0 <= row < len(view.audit.suspicions):
            self._services.notify(tr("Only faces of the gallery in use can be changed here"), "info")
            return None
        return view.audit.suspicions[row]

    def _show(self, **parts: object) -> None:
        self._view = replace(self._view, **parts)  # type: ignore[arg-type]
        self.changed.emit()

    def _done(self, spec: AuditSpec, result: object) -> None:
        if isinstance(result, Audit):
            result = located(result, Path(spec.target))
            self._view = replace(self._view, audit=result, selected=0 if result.suspicions else -1)


def located(audit: Audit, target: Path) -> Audit:
    """With the whole paths of a folder's pictures, which an audit names from where they have their folder in common."""
    names = {name for one in audit.suspicions for name in (one.image, one.like, one.own_example) if name}
    if not names or not target.is_dir():
        return audit
    root = next((folder for folder in _folders(target) if all((folder / name).is_file() for name in names)), target)
    full = {"": ""} | {name: str(root / name) for name in names}
    moved = (
        replace(one, image=full[one.image], like=full[one.like], own_example=full[one.own_example])
        for one in audit.suspicions
    )
    return replace(audit, suspicions=tuple(moved))


def _folders(target: Path) -> Iterator[Path]:
    """The folder, and those below it as long as there is only one."""
    while True:
        yield target
        below = [one for one in target.iterdir() if one.is_dir()]
        if len(below) != 1:
            return
        target = below[0]
