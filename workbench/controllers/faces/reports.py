"""What the faces panel does with files: pictures to verify, folders to evaluate or audit, reports, covered films."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engines.core.errors import KinoscopeError
from engines.core.files import write_json, write_text
from engines.core.frames import Image
from engines.core.outputs import JSON, TABLE, check_file
from engines.core.places import data_dir
from engines.core.spec import to_json
from engines.faces.gallery.types import GatherSpec
from engines.faces.study_types import AuditSpec, RedactSpec, Suspicion, Verified, VerifySpec
from widgets.faces.state import Page
from workbench.controllers.faces import command

if TYPE_CHECKING:
    from workbench.controllers.faces.controller import FacesController

REDACT = "engines.faces.redaction.job:run"


def choose_picture(desk: FacesController, side: str) -> None:
    if path := desk.dialogs.picture("Verify"):
        show_picture(desk, side, path)


def show_picture(desk: FacesController, side: str, path: str) -> None:
    """Put a picture on side "a" or "b"."""

    def keep(image: object) -> None:
        desk.thumbs.put(f"verify:{side}", image)  # type: ignore[arg-type]
        desk.show_soon()

    for key in (f"verify:{side}", "verify:a:face", "verify:b:face"):
        desk.thumbs.put(key, None)
    desk.thumbs.read(path, keep)
    desk.studies.show_picture(side, path)


def show_faces(desk: FacesController, result: Verified) -> None:
    """The two aligned faces that were compared."""

    def cut() -> list[tuple[str, Image]]:
        from engines.core.pictures.reading import read_picture
        from engines.faces.recognition import align

        sides = (("a", result.a, result.face_a), ("b", result.b, result.face_b))
        return [
            (f"verify:{side}:face", align.crop(read_picture(path), np.asarray(face.points)))
            for side, path, face in sides
        ]

    def keep(faces: list[tuple[str, Image]]) -> None:
        for key, image in faces:
            desk.thumbs.put(key, image)
        desk.show_soon()

    desk.errands.ask(cut, keep, lambda _failure: None)


def choose_images(desk: FacesController) -> None:
    """A folder to evaluate on; a pair list that lies in it is taken with it."""
    if folder := desk.dialogs.folder("Folder to evaluate on"):
        pairs = Path(folder) / "pairs.tsv"
        spec = replace(desk.form.evaluate, images=folder, pairs=str(pairs) if pairs.is_file() else "")
        desk.set_form(evaluate=spec, open_set=replace(desk.form.open_set, images=folder))


def choose_pairs(desk: FacesController) -> None:
    if path := desk.dialogs.pairs():
        desk.set_form(evaluate=replace(desk.form.evaluate, pairs=path))


def save_report(desk: FacesController) -> None:
    """The evaluation as JSON, or its table as CSV."""
    view = desk.view.evaluate
    path = desk.dialogs.report("Save report", "evaluation.json") if view.result else ""
    if not path or view.result is None:
        return
    rows = [("false-accept rate", "true-accept rate", "low", "high", "per person")]
    for far, tar in view.result.tar.items():
        low, high = view.result.tar_interval.get(far, (float("nan"), float("nan")))
        rows.append((far, tar, low, high, view.result.tar_per_person.get(far, "")))  # type: ignore[arg-type]
    _save(desk, path, {"evaluation": to_json(view.result), "open_set": to_json(view.open_set)}, rows)


def audit_gallery(desk: FacesController) -> None:
    """Look for wrong names in the gallery in use."""
    if desk.galleries.path:
        audit(desk, desk.galleries.path)


def audit(desk: FacesController, target: str) -> None:
    if target:
        desk.studies.audit(AuditSpec(target))
        desk.go_to(Page.AUDIT)


def move_suspicion(desk: FacesController, row: int) -> None:
    """Give the face to whom it resembles. Only in a gallery; files of the user are never moved."""
    suspicion = _suspicion(desk, row)
    if suspicion is not None:
        target = _person_of(desk, suspicion.like_name)
        desk.galleries.edit(lambda gallery: gallery.move([suspicion.image], target))
        desk.studies.settle_suspicion(row)


def remove_suspicion(desk: FacesController, row: int) -> None:
    """Take the face out of the gallery; Undo brings it back."""
    suspicion = _suspicion(desk, row)
    if suspicion is not None:
        desk.galleries.edit(lambda gallery: gallery.remove([suspicion.image]))
        desk.studies.settle_suspicion(row)


def save_audit(desk: FacesController) -> None:
    """The suspicions as JSON or CSV."""
    audit = desk.view.audit.audit
    path = desk.dialogs.report("Save suspicions", "suspicions.csv") if audit else ""
    if not path or audit is None:
        return
    rows: list[tuple[object, ...]] = [("image", "name", "kind", "score", "own", "other", "like", "like name", "reason")]
    for one in audit.suspicions:
        rows.append((one.image, one.name, one.kind, one.score, one.own, one.other, one.like, one.like_name, one.reason))
    _save(desk, path, to_json(audit), rows)


def choose_head_folder(desk: FacesController) -> None:
    if folder := desk.dialogs.folder("Folder to learn from: one folder a person, or NAME_0001.jpg"):
        desk.set_form(train=replace(desk.form.train, images=folder))


def train(desk: FacesController) -> None:
    """Train with the settings of the page; into the user's own models where no folder was named."""
    spec = desk.form.train
    if not spec.images:
        desk.services.notify("Choose a folder to learn from first", "info")
        return
    desk.heads.start(spec if spec.out else replace(spec, out=str(data_dir() / "heads" / spec.loss)))


def use_head(desk: FacesController, file: str) -> None:
    """Recognise with a head of one's own. The gallery in use was made with another model, so it is closed."""
    desk.galleries.close()
    desk.set_settings(replace(desk.form.settings, model=file))
    desk.services.notify("Recognising with your head; make a new gallery for it", "good")


def redact(desk: FacesController) -> None:
    """Write a covered copy of a film or picture, as a job."""
    source = desk.dialogs.film()
    out = desk.dialogs.covered(source) if source else ""
    if out:
        settings = desk.form.settings
        blur = "unknown" if settings.blur == "unknown" and settings.gallery else "everyone"
        spec = RedactSpec(source, out, blur, settings.gallery if blur == "unknown" else "", settings.accept)
        desk.services.jobs.submit(REDACT, spec, f"Cover faces in {Path(source).name}", command.redact_line(spec))


def copy_command(desk: FacesController) -> None:
    """The command line that does what the page in front does."""
    view = desk.view
    lines = {
        Page.VERIFY: lambda: command.verify_line(VerifySpec(view.verify.a or "A", view.verify.b or "B")),
        Page.EVALUATE: lambda: command.evaluate_line(view.evaluate.spec),
        Page.AUDIT: lambda: command.audit_line(AuditSpec(view.audit.target or desk.galleries.path or "FOLDER")),
        Page.TRAIN: lambda: command.train_line(view.train.spec),
        Page.ENROL: lambda: command.enrol_line(desk.galleries.path or "GALLERY", GatherSpec(("FOLDER",), "")),
    }
    rate = f"{view.settings.accept.rate:g}"
    identify = lambda: command.line("identify", desk.galleries.path or "GALLERY", "PICTURE", "--far", rate)  # noqa: E731
    desk.copy(lines.get(view.page, identify)())


def _suspicion(desk: FacesController, row: int) -> Suspicion | None:
    """A row of the audit of the gallery in use."""
    view = desk.view.audit
    if view.audit is None or view.target != desk.galleries.path or not 0 <= row < len(view.audit.suspicions):
        desk.services.notify("Only faces of the gallery in use can be changed here", "info")
        return None
    return view.audit.suspicions[row]


def _person_of(desk: FacesController, name: str) -> str:
    return next((person.id for person in desk.galleries.view.people if person.name == name), "")


def _save(desk: FacesController, path: str, data: object, rows: list) -> None:  # type: ignore[type-arg]
    try:
        if path.endswith(".csv"):
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            write_text(check_file(path, TABLE), text.getvalue())
        else:
            write_json(check_file(path, JSON), data)
    except (OSError, KinoscopeError) as error:
        desk.services.notify(f"{Path(path).name} could not be saved: {error}", "bad")
        return
    desk.services.notify(f"Saved {Path(path).name}", "good")
