"""A copy of a picture or film in which faces are covered: everyone's, or those of unknown people.

A film is looked at twice: once to find who is where, with sure and unsure detections, and once to cover them, so that
a face is covered from before it was first seen until after it was last seen, and through every gap between.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Frame, Image, Stamp
from engines.core.outputs import check_file, media, new_file
from engines.core.pictures.files import READABLE
from engines.core.pictures.reading import read_picture
from engines.core.reading import regular_file
from engines.core.video import rewriting
from engines.core.video.film import Film as FilmFile
from engines.core.words import one_of, tr
from engines.faces.gallery.editing import Gallery
from engines.faces.redaction.mosaic import cover
from engines.faces.redaction.plan import Film, Followed
from engines.faces.study_types import Redacted, RedactSpec
from engines.faces.tracking.live import FaceRecogniser
from engines.faces.tracking.tracks import overlaps
from engines.faces.types import Box, RecogniserSettings

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
"""What a copy can be written as."""
SOURCES = READABLE - {".gif"}
BUDGET = 16
"""Faces described in one frame: nobody waits for the result of one."""
CROWD = 1000


def run(spec: RedactSpec, ctx: Context) -> Redacted:
    """The job. Raises `UsageError` for settings that make no sense and `BadInput` for files."""
    began = perf_counter()
    source, out = Path(spec.source), Path(spec.out)
    _check(spec, source, out)
    engine = FaceRecogniser(budget=BUDGET, shown=CROWD)
    try:
        settings = RecogniserSettings(
            gallery=spec.gallery if spec.blur == "unknown" else "", finder=spec.finder, accept=spec.accept, keep=0,
            model=_recogniser(spec),
        )  # fmt: skip
        engine.open(settings, ctx)
        if spec.blur == "unknown" and engine.note:
            raise BadInput(
                engine.note, path=spec.gallery, hint=tr("Unlock or choose another gallery, or cover everyone")
            )
        counts = (_picture if source.suffix.lower() in SOURCES else _film)(spec, engine, ctx)
    finally:
        engine.close()
    return Redacted(str(out), len(counts), sum(counts), max(counts, default=0), perf_counter() - began)


def _recogniser(spec: RedactSpec) -> str:
    """The gallery's own where nobody says another."""
    if spec.blur != "unknown" or spec.model:
        return spec.model or RecogniserSettings().model
    with Gallery.open(spec.gallery, read_only=True) as gallery:
        return gallery.recogniser()


def _check(spec: RedactSpec, source: Path, out: Path) -> None:
    if spec.blur not in ("everyone", "unknown"):
        raise UsageError(
            tr("Faces of '{blur}' cannot be covered", blur=spec.blur), hint=tr("Choose everyone or unknown")
        )
    if spec.blur == "unknown" and not spec.gallery:
        raise UsageError(tr("Who is known is not said"), hint=tr("Name a gallery, or cover everyone"))
    if not 0 <= spec.hold <= 10:
        raise UsageError(tr("Faces are held for 0 to 10 seconds"))
    if not source.exists():
        raise BadInput(tr("There is no such file"), path=source)
    regular_file(source, what=tr("picture or film"))
    kinds = PICTURES if source.suffix.lower() in SOURCES else rewriting.KINDS
    if out.suffix.lower() not in kinds:
        hint = tr("Name the copy {kinds}", kinds=one_of(kinds))
        raise BadInput(tr("This cannot be written as '{suffix}'", suffix=out.suffix), path=out, hint=hint)
    check_file(out, media(out), (source, spec.gallery))


def _picture(spec: RedactSpec, engine: FaceRecogniser, ctx: Context) -> list[int]:
    seen, film = read_picture(spec.source), Film()
    _look(film, engine, seen, 0, 0.0)
    image = seen.copy()
    boxes = film.covers(0.0, bare=spec.blur == "unknown")[0]
    for box in boxes:
        cover(image, box)
    ctx.check()
    write_picture(Path(spec.out), image)
    return [len(film.paths)]


def _film(spec: RedactSpec, engine: FaceRecogniser, ctx: Context) -> list[int]:
    source, film = Path(spec.source), Film()
    opened = FilmFile.open(source)
    for number, frame in enumerate(opened.frames()):
        ctx.check()
        ctx.progress(number, 2 * max(opened.count or 0, number + 1), tr("Looking for faces"))
        _look(film, engine, frame.image, number, frame.seconds)
    covers = film.covers(spec.hold, bare=spec.blur == "unknown")

    def change(number: int, image: Image) -> None:
        ctx.check()
        ctx.progress(len(covers) + number, 2 * len(covers), tr("Covering faces"))
        for box in covers[number] if number < len(covers) else ():
            cover(image, box)

    rewriting.rewrite(source, Path(spec.out), change)
    return [_apart(boxes) for boxes in covers]


def _look(film: Film, engine: FaceRecogniser, image: Image, number: int, time: float) -> None:
    found = engine.process([Frame(image, Stamp("redact", number, 0.0, time))])
    film.times.append(time)
    film.scenes.append((film.scenes[-1] if film.scenes else 0) + engine.cut)
    seen = [face for face in found.faces if face.seen]
    for face in seen:
        film.paths.setdefault(face.track, Followed()).add(number, face.box, face.person)
    film.loose.append(_loose(engine, [face.box for face in seen]))


def _loose(engine: FaceRecogniser, taken: list[Box]) -> list[Box]:
    """Detections too unsure to begin a track: covered all the same."""
    boxes = engine.found.boxes
    followed = [(box.x, box.y, box.width, box.height) for box in taken]
    if not len(boxes) or not followed:
        return [Box(*map(float, box)) for box in boxes]
    free = overlaps(boxes, np.array(followed)).max(axis=1) < 0.5
    return [Box(*map(float, box)) for box in boxes[free]]


def _apart(boxes: list[Box]) -> int:
    """How many faces these covers are: those of one place count once."""
    if not boxes:
        return 0
    corners = np.array([(box.x, box.y, box.width, box.height) for box in boxes])
    same = np.tril(overlaps(corners, corners), -1).max(axis=1) > 0.3
    return int((~same).sum())


def write_picture(out: Path, image: Image) -> None:
    """By its ending; nothing but the pixels is written. Raises `BadInput` for a kind that is not a picture."""
    if out.suffix.lower() not in PICTURES:
        raise BadInput(
            tr("A picture cannot be written as '{suffix}'", suffix=out.suffix),
            path=out,
            hint=tr("Name the copy .png or .jpg"),
        )
    done, data = cv2.imencode(out.suffix.lower(), image)
    if not done:
        raise BadInput(tr("This picture cannot be written that way"), path=out, hint="Name the copy .png")
    with new_file(out, media(out)) as part:
        part.write_bytes(data.tobytes())
