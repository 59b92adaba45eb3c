"""What the attention layers of a network were asked while it sampled, on disk, and its maps row by row. No torch.

An uncompressed .npz, for `numpy.load` too. Of each kept step and layer it holds q, k, v (H, N, d), the log-sum-exp of
the rows, the mass that each key receives (the sum over all queries; its sum is N) and the entropy of each row in nats
(H, N); of each step a picture. No matrix of N x N is ever whole: a row is computed when it is asked for, in O(N d).
Where it would grow beyond `BUDGET`, only every n-th step is kept.
"""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from engines.attention.types import Site
from engines.core.errors import BadInput, OutOfResources, UsageError
from engines.core.outputs import holding
from engines.core.reading import MIB, array_from, making_sense, open_zip
from engines.core.words import tr

BUDGET = 256 * MIB
MOST = 2 * BUDGET
HEAD = ("sigmas", "steps", "names", "heads", "tokens", "grids", "scales", "made")
KIND = holding(tr("a recording of attention"), b"sigmas.npy", b"scales.npy", b"grids.npy")
WHAT = tr("recording of attention")
AGAIN = tr("Sample again")
Array = NDArray[np.float64]
Part = Literal["q", "k", "v", "lse", "mass", "entropy"]
PARTS = get_args(Part)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What one layer was asked at one step: q, k, v (H, N, d) and the scale of the scores.

    lse, mass, entropy: log-sum-exp of the rows, what each key receives, entropy of each row; (H, N), as by `maps`.
    """

    site: Site
    q: NDArray[np.float32]
    k: NDArray[np.float32]
    v: NDArray[np.float32]
    scale: float
    lse: Array
    mass: Array
    entropy: Array


class Recorder:
    """Writes a recording step by step. Use as a context manager; `path` is the caller's, to throw away on failure."""

    def __init__(self, path: Path, sigmas: Sequence[float], made: str) -> None:
        """sigmas: K + 1 levels, the last is the result's. made: what was sampled, in words, for whoever opens it."""
        self.sites: tuple[Site, ...] = ()
        self.steps: list[int] = []
        self.every = 0
        self._sigmas, self._made, self._scales = tuple(sigmas), made, [0.0]
        self._file = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)

    def add(self, step: int, picture: NDArray[np.uint8], asked: Sequence[Asked]) -> None:
        """A step before the last level: its picture (H, W) or (H, W, 3), and every layer in order.

        Raises `OutOfResources` where not even one step fits.
        """
        self.every = self.every or _every(asked, len(self._sigmas) - 1)
        self._write(f"picture.{step}", picture)
        if step % self.every:
            return
        self.sites, self._scales = tuple(one.site for one in asked), [one.scale for one in asked]
        self.steps.append(step)
        for number, one in enumerate(asked):
            for name in PARTS:
                self._write(f"{name}.{step}.{number}", getattr(one, name))

    def finish(self, picture: NDArray[np.uint8]) -> None:
        """The result's picture, and what the file is about."""
        self._write(f"picture.{len(self._sigmas) - 1}", picture)
        sites = self.sites
        head = (
            np.array(self._sigmas), np.array(self.steps, np.int64), np.array([site.name for site in sites]),
            np.array([site.heads for site in sites]), np.array([site.tokens for site in sites]),
            np.array([site.grid for site in sites]).reshape(-1, 2), np.array(self._scales), np.array(self._made),
        )  # fmt: skip
        for name, array in zip(HEAD, head, strict=True):
            self._write(name, array)

    def _write(self, name: str, array: NDArray[Any]) -> None:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            member = self._file.open(f"{name}.npy", "w", force_zip64=True)
        with member:
            np.lib.format.write_array(member, np.asarray(array, order="C"), allow_pickle=False)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._file.close()


class Recording:
    """Reads a recording, one layer of one step at a time; the last ones read are kept.

    sigmas: levels of all K steps and of the result. steps: those whose attention was kept. made: what was sampled.
    """

    KEPT = 8

    def __init__(self, path: Path, head: dict[str, NDArray[Any]]) -> None:
        self.path = path
        self.sigmas = tuple(float(sigma) for sigma in head["sigmas"])
        self.steps = tuple(int(step) for step in head["steps"])
        self.sites = tuple(
            Site(str(name), int(heads), int(tokens), (int(grid[0]), int(grid[1])))
            for name, heads, tokens, grid in zip(*(head[name] for name in HEAD[2:6]), strict=True)
        )
        self.scales = tuple(float(scale) for scale in head["scales"])
        self.made = str(head["made"])
        self._read: dict[str, NDArray[Any]] = {}
        self._written = _written(path)

    @classmethod
    def open(cls, path: str | Path) -> Recording:
        """Raises `FileMissing`, and `BadInput` for what is broken or something else."""
        path = Path(path)
        with open_zip(path, what=WHAT, most=MOST) as archive, _making_sense(path):
            names = {entry.filename for entry in archive.infolist()}
            found = cls(path, {name: _array(archive, name, path) for name in HEAD})
            found._check(names)
        return found

    def picture(self, step: int) -> NDArray[np.uint8]:
        """The estimate of the sample at a step, (H, W) or (H, W, 3); of the last level, the sample."""
        picture = self._member(f"picture.{step}")
        if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or 0 in picture.shape:
            raise self._damaged(tr("its picture {step} is none", step=step))
        return picture

    def row(self, step: int, site: int, head: int, query: int) -> Array:
        """What each key counts for in the output of a query, (N,); its sum is 1."""
        if not 0 <= query < self.sites[site].tokens or not 0 <= head < self.sites[site].heads:
            raise UsageError(
                tr(
                    "There is no query {query} of head {head} in {sites}",
                    query=query,
                    head=head,
                    sites=self.sites[site].name,
                )
            )
        q, k = self._part("q", step, site)[head, query], self._part("k", step, site)[head]
        lse = self._part("lse", step, site)[head, query]
        scores = k.astype(np.float64) @ q.astype(np.float64) * self.scales[site]
        return cast(Array, np.exp(scores - lse))

    def mass(self, step: int, site: int) -> Array:
        """What each key counts for, summed over all queries, (H, N); the sum of a head is N."""
        return self._part("mass", step, site)

    def entropy(self, step: int, site: int) -> Array:
        """-sum p ln p of each row, (H, N), in nats: from 0, where a query takes one key, to ln N, where it takes all
        alike."""
        return self._part("entropy", step, site)

    def inputs(self, step: int, site: int, head: int) -> tuple[Array, Array, Array]:
        """q, k, v (N, d) of a head in float64, q scaled so that scores are q k^T / sqrt(d)."""
        q, k, v = (self._part(name, step, site)[head].astype(np.float64) for name in ("q", "k", "v"))
        return q * (self.scales[site] * math.sqrt(q.shape[1])), k, v

    def _part(self, name: Part, step: int, site: int) -> NDArray[Any]:
        """(H, N, d) or (H, N). Raises `UsageError` for a step or layer that was not kept."""
        if step not in self.steps or not 0 <= site < len(self.sites):
            raise UsageError(
                tr("Step {step} of layer {site} was not kept", step=step, site=site), hint=tr("Choose one that was")
            )
        found, array = self.sites[site], self._member(f"{name}.{step}.{site}")
        if array.shape[:2] != (found.heads, found.tokens) or array.dtype.kind != "f" or not np.isfinite(array).all():
            raise self._damaged(
                tr("{name} of step {step} does not fit {found}", name=name, step=step, found=found.name)
            )
        return array

    def _member(self, name: str) -> NDArray[Any]:
        if name not in self._read:
            self._check_same()
            with open_zip(self.path, what=WHAT, most=MOST) as archive, _making_sense(self.path):
                self._read[name] = _array(archive, name, self.path)
            if len(self._read) > self.KEPT * len(PARTS):
                self._read.pop(next(iter(self._read)))
        return self._read[name]

    def _check_same(self) -> None:
        """Another sample may have been written in its place: parts of two would make a picture of neither."""
        if self.path.exists() and _written(self.path) != self._written:
            raise BadInput(tr("The {what} was replaced by another", what=WHAT), path=self.path, hint=AGAIN)

    def _check(self, names: set[str]) -> None:
        fits = all(site.heads > 0 and site.grid[0] * site.grid[1] == site.tokens for site in self.sites)
        if not self.sites or not self.steps or not fits or len(self.scales) != len(self.sites):
            raise self._damaged(tr("its head makes no sense"))
        layers = [f"{step}.{site}" for step in self.steps for site in range(len(self.sites))]
        wanted = {f"{part}.{layer}.npy" for part in PARTS for layer in layers}
        wanted |= {f"picture.{step}.npy" for step in range(len(self.sigmas))}
        if not wanted <= names:
            raise self._damaged(tr("{count} of its parts are missing", count=len(wanted - names)))

    def _damaged(self, why: str) -> BadInput:
        return BadInput(tr("The {what} is damaged: {why}", what=WHAT, why=why), path=self.path, hint=AGAIN)


def _written(path: Path) -> tuple[int, int]:
    """What changes when a file is written anew: its time and its number on the disk."""
    status = path.stat()
    return status.st_mtime_ns, status.st_ino


def _every(asked: Sequence[Asked], steps: int) -> int:
    """Every how manieth step fits."""
    each = sum(part.nbytes for one in asked for part in (one.q, one.k, one.v))
    if each > BUDGET:
        told = tr(
            "The attention of one step takes {each:,.0f} MB; at most {budget:,.0f} MB are kept",
            each=each / MIB,
            budget=BUDGET / MIB,
        )
        raise OutOfResources(told, hint=tr("Choose a smaller model"))
    return math.ceil(steps / max(BUDGET // max(each, 1), 1))


def _array(archive: zipfile.ZipFile, name: str, path: Path) -> NDArray[Any]:
    entry = archive.getinfo(f"{name}.npy")
    with archive.open(entry) as file:
        return array_from(cast(Any, file), entry.file_size, path, WHAT)


def _making_sense(path: Path) -> Any:
    return making_sense(path, tr("Not a usable {what}", what=WHAT), hint=AGAIN)
