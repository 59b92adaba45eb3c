"""The steps of a run on disk: the state y and the estimate D before every step, for scrubbing. No torch.

An uncompressed .npz, for `numpy.load` too, with a member for each step and batch (`y.STEP.FIRST`, `D.STEP.FIRST`), so
that one step is read without the others and a run is written as it goes. Half precision for pictures, single for points
and for results. To stay within `BUDGET` only every k-th step is kept, and then only the first samples: `steps`, their
`sigmas` and `samples` say which; `low` and `high` are black and white. Older files say it in `head.json`.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput, FileMissing
from engines.core.reading import MISFITS, array_from, parse_json, read_member, regular_file
from engines.core.words import tr

BUDGET = 256 * 2**20
LEAST_SAMPLES = 4
OLD_HEAD = "head.json"
BROKEN = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, BadInput, *MISFITS)
"""What reading a damaged archive raises."""
Array = NDArray[np.float32]


class StepsWriter:
    """Writes steps while a run goes on. Use as a context manager; what was not finished leaves no file."""

    def __init__(self, path: Path, sigmas: tuple[float, ...], samples: int, shape: tuple[int, ...],
                 low: float = -1.0, high: float = 1.0, to_rgb: NDArray[np.float32] | None = None) -> None:  # fmt: skip
        """sigmas: K + 1 levels. shape: of one sample. to_rgb: (C + 1, 3), latents to RGB in 0..1; the last is added."""
        self.path = path
        self.every, self.samples = thinning(len(sigmas), samples, shape)
        self._part = path.with_name(f".{path.name}.part")
        self._kind = np.float32 if len(shape) == 1 else np.float16
        self._steps = [step for step in range(len(sigmas)) if step % self.every == 0 or step == len(sigmas) - 1]
        self._last = len(sigmas) - 1
        head = {"steps": self._steps, "sigmas": [sigmas[step] for step in self._steps],
                "samples": self.samples, "low": low, "high": high, "all": len(sigmas) - 1}  # fmt: skip
        self._file = zipfile.ZipFile(self._part, "w", zipfile.ZIP_STORED, allowZip64=True)
        for name, value in head.items():
            self._write(name, np.asarray(value))
        if to_rgb is not None:
            self._write("to_rgb", to_rgb.astype(np.float32))

    def wants(self, step: int, first: int) -> bool:
        """Whether a step of the batch that begins with sample `first` is kept."""
        return first < self.samples and (step % self.every == 0 or step == self._last)

    def add(self, step: int, first: int, y: NDArray[Any], denoised: NDArray[Any]) -> None:
        """y, denoised: (b, ...), the samples from `first` on. At the last level both are the finished samples.

        A step that is added again (a batch that ran out of memory) takes the place of the first one.
        """
        room = self.samples - first
        kind = np.float32 if step == self._last else self._kind
        self._write(f"y.{step}.{first}", y[:room].astype(kind))
        if step != self._last:
            self._write(f"D.{step}.{first}", denoised[:room].astype(self._kind))

    def _write(self, name: str, array: NDArray[Any]) -> None:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            member = self._file.open(f"{name}.npy", "w", force_zip64=True)
        with member:
            np.lib.format.write_array(member, np.asarray(array, order="C"))

    def __enter__(self) -> StepsWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        try:
            self._file.close()
            if kind is None:
                self._part.replace(self.path)
        finally:
            self._part.unlink(missing_ok=True)


class Steps:
    """Reads a steps file, one step at a time. steps: the numbers of those that are kept; the last is the result."""

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        self.path = path / "steps.npz" if path.is_dir() else path
        try:
            self._file = zipfile.ZipFile(regular_file(self.path))
        except FileMissing as error:
            raise BadInput(tr("No steps were kept of this run"), path=self.path) from error
        except BROKEN as error:
            raise self._damaged() from error
        try:
            self._members = {entry.filename: entry for entry in self._file.infolist()}
            head = self._head()
            self.steps: tuple[int, ...] = tuple(map(int, head["steps"]))
            self.sigmas: tuple[float, ...] = tuple(math.inf if s is None else float(s) for s in head["sigmas"])
            self.samples, self.low, self.high = int(head["samples"]), float(head["low"]), float(head["high"])
            names = [name.removesuffix(".npy").split(".") for name in self._members]
            self._firsts = sorted({int(parts[2]) for parts in names if parts[0] == "y"})
            if not self._firsts:
                raise KeyError("y")
            self._rgb = self._read("to_rgb") if "to_rgb.npy" in self._members else None
        except BROKEN as error:
            self._file.close()
            raise self._damaged() from error

    def _head(self) -> dict[str, Any]:
        if OLD_HEAD in self._members:
            head: dict[str, Any] = parse_json(self._content(OLD_HEAD))
            return head
        return {name: self._read(name, np.float64).tolist() for name in ("steps", "sigmas", "samples", "low", "high")}

    def _content(self, name: str) -> bytes:
        """The content of a member, which is as large as it is in the file: nothing is packed."""
        entry = self._members[name]
        if entry.compress_type != zipfile.ZIP_STORED:
            raise BadInput(tr("The file is packed"), path=self.path)
        return read_member(self._file, entry)

    def _damaged(self) -> BadInput:
        return BadInput(tr("The steps of the run cannot be read"), path=self.path, hint=tr("Run it again"))

    def __len__(self) -> int:
        return len(self.steps)

    def y(self, at: int) -> Array:
        """The state before the `at`-th kept step, (n, ...) float32; of the last, the result."""
        return self._joined("y", at)

    def denoised(self, at: int) -> Array:
        """D there; of the last, the result."""
        return self._joined("D" if at < len(self) - 1 else "y", at)

    def eps(self, at: int) -> Array:
        """The noise in y as the model sees it: (y - D) / sigma; of the last, that of the step before."""
        at = min(at, len(self) - 2)
        y, sigma = self.y(at), self.sigmas[at]
        return y if sigma == math.inf else (y - self.denoised(at)) / sigma

    def difference(self, at: int) -> Array:
        """How D changed since the kept step before; zero at the first."""
        return self.denoised(at) - self.denoised(max(at - 1, 0))

    @property
    def is_points(self) -> bool:
        return self.y(0).ndim == 2

    def pictures(self, at: int) -> dict[str, NDArray[np.uint8]]:
        """"y", "denoised", "eps", "difference" as (n, H, W[, 3]) uint8. y is scaled by 1 / sqrt(1 + sigma^2), eps from
        -3 to 3, and the greatest difference is black or white, none is grey."""  # fmt: skip
        sigma = self.sigmas[at]
        scaled = self.y(at) if sigma == math.inf else self.y(at) / math.hypot(1.0, sigma)
        change = self.difference(at)
        most = float(np.abs(change).max()) or 1.0
        return {
            "y": self._seen(scaled, self.low, self.high),
            "denoised": self._seen(self.denoised(at), self.low, self.high),
            "eps": self._seen(self.eps(at), -3.0, 3.0),
            "difference": self._seen(change, -most, most),
        }

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _seen(self, values: Array, low: float, high: float) -> NDArray[np.uint8]:
        if self._rgb is None:
            return to_uint8(values, low, high)
        mixed = np.einsum("nchw,cr->nrhw", values, self._rgb[:-1]) + self._rgb[-1][None, :, None, None]
        return to_uint8(mixed.astype(np.float32), 0.0, 1.0)

    def _joined(self, kind: str, at: int) -> Array:
        parts = [self._read(f"{kind}.{self.steps[at]}.{first}") for first in self._firsts]
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def _read(self, name: str, kind: type[np.floating[Any]] = np.float32) -> NDArray[Any]:
        try:
            content = self._content(f"{name}.npy")
            return np.asarray(array_from(io.BytesIO(content), len(content), self.path, tr("file of steps")), kind)
        except BROKEN as error:
            raise BadInput(tr("The steps of the run are damaged"), path=self.path, hint=tr("Run it again")) from error


def thinning(levels: int, samples: int, shape: tuple[int, ...]) -> tuple[int, int]:
    """(every k-th step, first n samples) so that the file stays within `BUDGET`: steps go before samples do."""
    each = 2 * math.prod(shape) * (4 if len(shape) == 1 else 2)
    most_steps = max(1, BUDGET // (each * samples))
    every = min(max(1, math.ceil(levels / most_steps)), max(1, levels // 20))
    kept = levels // every + 1
    return every, max(min(samples, BUDGET // (each * kept)), min(samples, LEAST_SAMPLES))


def to_uint8(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """(n, C, H, W) to (n, H, W) or, of three channels, (n, H, W, 3): `low` is black, `high` white."""
    scaled = np.clip((np.nan_to_num(values) - low) * (255 / (high - low)), 0, 255).round().astype(np.uint8)
    return np.ascontiguousarray(scaled.transpose(0, 2, 3, 1) if scaled.shape[1] == 3 else scaled[:, 0])
