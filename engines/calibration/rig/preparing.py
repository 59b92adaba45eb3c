"""The job "prepare a recording": tiles become a film or a folder of pictures a camera, and a YAML lists them.

The result is made aside and moved into its folder when it is whole. Recordings that are separate already stay where
they are: only the list is written, with the offsets between them where the board's motion tells these.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from engines.calibration.rig.pictures import listing as lists
from engines.calibration.rig.pictures.instants import recorded
from engines.calibration.rig.pictures.listing import Listing
from engines.calibration.rig.pictures.matching import settled
from engines.calibration.rig.pictures.tiles import Tiling
from engines.calibration.rig.types import PrepareResult, PrepareSpec, RigSpec
from engines.calibration.targets import photographs
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import BadInput, KinoscopeError, UsageError, WorkFailed
from engines.core.files import folder_refused, write_json
from engines.core.frames import Image, Size, size_of
from engines.core.names import shown
from engines.core.outputs import holding, new_file, result_folder
from engines.core.pictures.files import LeftOut
from engines.core.spec import to_json
from engines.core.video import stills
from engines.core.video.film import Film
from engines.core.video.writing import FilmWriter
from engines.core.words import as_part, control, tr

MANIFEST = "prepared.json"
_LIST = holding(tr("a list of cameras"), b"cameras:", b"files:")
_NO_BOARD = Board.parse("chessboard:9x6:25mm")


def run(spec: PrepareSpec, ctx: Context) -> PrepareResult:
    """Write what `spec` asks for into the folder `spec.out`.

    Raises `UsageError` for tiles, names or frames that make no sense, `BadInput` for what cannot be read or cut and for
    a folder that holds anything else, `WorkFailed` where a motion tells no offset, `Cancelled`.
    """
    started = perf_counter()
    if not spec.out:
        raise UsageError(
            tr("A folder for what is written is needed"),
            hint=tr("Choose one with {control}", control=control(tr("Folder"), "--out")),
        )
    _check_range(spec)
    with ctx.lease("cpu", threads=os.cpu_count() or 2) as lease:
        result = _cut(spec, ctx, lease.threads) if spec.tiles else _listed(spec, ctx, lease.threads)
    ctx.progress(1.0, 1.0, tr("Prepared"))
    return replace(result, seconds=perf_counter() - started)


def _check_range(spec: PrepareSpec) -> None:
    if spec.every < 1:
        raise UsageError(tr("Each {every}. frame cannot be taken", every=spec.every), hint="--every 1 takes all")
    if spec.start < 0 or (spec.stop is not None and spec.stop <= spec.start):
        raise UsageError(
            tr("There are no frames in this range"), hint=tr("A:B begins with A and ends before B, like 0:191")
        )


def _cut(spec: PrepareSpec, ctx: Context, threads: int) -> PrepareResult:
    tiling = Tiling.of(spec.tiles, spec.names, spec.margin, spec.order)
    unknown = [name for name in spec.flip if name not in tiling.names]
    if unknown:
        raise UsageError(
            tr("There is no camera '{unknown}' to flip", unknown=unknown[0]),
            hint=tr("They are: {names}", names=", ".join(tiling.names)),
        )
    found = photographs.listing(spec.paths)
    with result_folder(spec.out, MANIFEST, what=tr("prepared recording"), inputs=spec.paths) as folder:
        work = _Work(spec, tiling, folder, ctx, threads)
        try:
            work.all(found.files)
        except OSError as error:
            raise folder_refused(error, Path(spec.out)) from error
        result = work.result(found.left_out)
        write_json(folder / MANIFEST, to_json(result))
    return result


@dataclass
class _Work:
    """Writes into `folder`."""

    spec: PrepareSpec
    tiling: Tiling
    folder: Path
    ctx: Context
    threads: int
    frames: int = 0
    size: Size | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def all(self, files: Sequence[Path]) -> None:
        films = [file for file in files if _is_film(file)]
        if films and len(films) < len(files) and not self.spec.as_pictures:
            raise UsageError(
                tr("Pictures and films cannot become one film"),
                path=films[0],
                hint=tr("Choose {pictures}", pictures=control(tr("Pictures instead of films"), "--pictures")),
            )
        pictures = [file for file in files if not _is_film(file)][self.spec.start : self.spec.stop : self.spec.every]
        with ThreadPoolExecutor(max(self.threads, 1), thread_name_prefix="write") as pool:
            for number, file in enumerate([*pictures, *films]):
                self.ctx.check()
                try:
                    self._one(file, number, len(pictures) + len(films), len(films) > 1, pool)
                except KinoscopeError as error:
                    if len(files) == 1 or error.kind in ("cancelled", "usage", "resources"):
                        raise
                    self.left_out.append(LeftOut(str(file), as_part(error.message)))
        if not self.frames:
            why = f": {self.left_out[0].why}" if self.left_out else ""
            raise BadInput(tr("There is nothing to write{why}", why=why), path=self.spec.paths[0])

    def result(self, left_out: Sequence[LeftOut]) -> PrepareResult:
        names = self.tiling.names
        listing = Listing(
            names, tuple(self.files[name] for name in names), size=self.size, tiles=self.tiling.grid,
            places=self.tiling.places, margin=self.tiling.margin, sources=tuple(map(shown, self.spec.paths)),
            frames=self.frames,
        )  # fmt: skip
        lists.write(listing, self.folder / lists.NAME)
        out = Path(self.spec.out).expanduser()
        return PrepareResult(
            str(out), str(out / lists.NAME), names, listing.files, self.size, self.frames,
            left_out=(*left_out, *self.left_out), notes=tuple(self._notes()),
        )  # fmt: skip

    def _one(self, file: Path, number: int, count: int, several: bool, pool: ThreadPoolExecutor) -> None:
        if not _is_film(file):
            self.ctx.progress(number, count, tr("Cutting {file}", file=file.name))
            self._pictures(photographs.read(file), _stem(file), pool)
            return
        film = stills.opened(file)
        self._tile_size(film.size)
        wanted = range(self.spec.start, min(self.spec.stop or _length(film), _length(film)), self.spec.every)
        if not wanted:
            raise BadInput(
                tr("The film ends before frame {start}: it has {count}", start=self.spec.start, count=film.count),
                path=file,
            )
        before = self.frames
        if self.spec.as_pictures:
            stem = f"{file.stem}_" if several else ""
            for done, frame in enumerate(stills.pick(film, wanted), 1):
                self._tell(number + done / len(wanted), count, file, done, len(wanted))
                self._pictures(frame.image, f"{stem}{frame.index:06d}", pool)
        else:
            self._film(film, wanted, (number, count), several, pool)
        lost = len(wanted) - (self.frames - before)
        if lost:
            self.left_out.append(LeftOut(str(file), tr("{lost} of its frames cannot be decoded", lost=lost)))

    def _film(self, film: Film, wanted: range, place: tuple[int, int], several: bool, pool: ThreadPoolExecutor) -> None:
        with ExitStack() as stack:
            writers = []
            for name in self.tiling.names:
                target = self._target(name, f"{name}/{film.path.stem}.mp4" if several else f"{name}.mp4", several)
                writers.append(FilmWriter(target, film.timeline))
                stack.callback(writers[-1].close)
            for done, frame in enumerate(stills.pick(film, wanted), 1):
                self._tell(place[0] + done / len(wanted), place[1], film.path, done, len(wanted))
                jobs = zip(writers, self._tiles(frame.image), strict=True)
                for job in [pool.submit(writer.write, frame.seconds, tile) for writer, tile in jobs]:
                    job.result()
                self.frames += 1

    def _pictures(self, image: Image, stem: str, pool: ThreadPoolExecutor) -> None:
        self._tile_size(size_of(image))
        targets = [self._target(name, f"{name}/{stem}.png", True) for name in self.tiling.names]
        list(pool.map(_write_png, targets, self._tiles(image)))
        self.frames += 1

    def _tiles(self, image: Image) -> Iterator[Image]:
        for name, tile in zip(self.tiling.names, self.tiling.cut(image), strict=True):
            yield np.ascontiguousarray(tile[:, ::-1] if name in self.spec.flip else tile)

    def _tile_size(self, whole: Size) -> None:
        """Raises `BadInput` for a picture that is cut into other sizes than those before it."""
        size = self.tiling.size(whole)
        if self.size not in (None, size):
            raise BadInput(
                tr("Its tiles are {size}, those before are {before}", size=size, before=self.size),
                hint=tr("Prepare each size on its own"),
            )
        self.size = size

    def _target(self, name: str, file: str, folder: bool) -> Path:
        self.files[name] = name if folder else file
        target = self.folder / file
        if target.exists():
            raise BadInput(
                tr("There are two inputs of the name {stem}", stem=target.stem),
                hint=tr("Prepare them one after the other"),
            )
        target.parent.mkdir(exist_ok=True)
        return target

    def _tell(self, done: float, count: int, file: Path, frame: int, frames: int) -> None:
        self.ctx.check()
        self.ctx.progress(
            done, count, tr("Cutting frame {frame} of {frames} of {file}", frame=frame, frames=frames, file=file.name)
        )

    def _notes(self) -> Iterator[str]:
        if self.spec.flip:
            yield tr("Flipped left to right: {flip}", flip=", ".join(self.spec.flip))


def _listed(spec: PrepareSpec, ctx: Context, threads: int) -> PrepareResult:
    """Recordings that are one a camera already."""
    if spec.order or spec.margin or spec.flip or spec.as_pictures:
        raise UsageError(
            tr("Only tiles are cut, ordered and flipped"),
            hint=tr("Say how they lie, with {control}", control=control(tr("Rows × columns"), "--tiles 2x2")),
        )
    if spec.match == "motion" and spec.board is None:
        raise UsageError(
            tr("Which board moves in the films must be told"),
            hint=tr(
                "Describe it with {control}", control=control(tr("Board"), "--board, for example chessboard:9x6:25mm")
            ),
        )
    asked = RigSpec(spec.paths, spec.board or _NO_BOARD, names=spec.names, match=spec.match, offsets=spec.offsets)
    asked, notes, _ = settled(asked, ctx, lambda share, words: ctx.progress(share, 1.0, words), threads)
    recording = recorded(replace(asked, every=1))
    folder = Path(spec.out).expanduser()
    listing = Listing(recording.names, tuple(_from(path, folder) for path in spec.paths), asked.match, asked.offsets)
    with new_file(folder / lists.NAME, _LIST, spec.paths) as part:
        lists.write(listing, part)
    return PrepareResult(
        str(folder), str(folder / lists.NAME), listing.cameras, listing.files, None,
        sum(batch.count for batch in recording.batches), asked.offsets, notes, recording.left_out,
    )  # fmt: skip


def _from(path: str, folder: Path) -> str:
    """A path as seen from a folder, where it lies in or beside it; else in full."""
    full = Path(path).expanduser().absolute()
    base = folder.absolute()
    near = base.parent in (full.parent, *full.parents)
    return os.path.relpath(full, base) if near and len(base.parts) > 2 else str(full)


def _write_png(target: Path, image: Image) -> None:
    done, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise WorkFailed(tr("The picture could not be encoded"), path=target)
    target.write_bytes(data.tobytes())


def _is_film(path: Path) -> bool:
    film, number = stills.parted(path)
    return number is None and stills.is_film(film)


def _stem(path: Path) -> str:
    film, number = stills.parted(path)
    return film.stem if number is None else f"{film.stem}_{number:06d}"


def _length(film: Film) -> int:
    if film.count is None:
        raise BadInput(tr("This film is too long to be cut"), path=film.path, hint=tr("Cut the part out of it"))
    return film.count
