"""The arrays of a flow, read once and looked up at any moment of one common time.

Time is t = sigma / (1 + sigma), 1 for pure noise and 0 for data, so that all samplers are at one noise level at one
moment whatever their steps. Between two steps a particle is drawn on the straight line between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput, KinoscopeError
from engines.core.reading import MIB, MISFITS, read_arrays
from engines.core.words import tr

Array = NDArray[np.float32]
MOST = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Path2D:
    """One sampler's particles. times: (K + 1,) falling. points: (K + 1, n, 2)."""

    times: NDArray[np.float64]
    points: Array

    def step(self, time: float) -> int:
        """Index of the last point of the path that has been reached at a time."""
        reached = int(np.searchsorted(-self.times, -time, side="right")) - 1
        return min(max(reached, 0), len(self.times) - 1)

    def at(self, time: float) -> Array:
        """(n, 2) places of the particles at a time."""
        step = self.step(time)
        if step == len(self.times) - 1 or time >= self.times[0]:
            return self.points[step]
        share = (self.times[step] - time) / (self.times[step] - self.times[step + 1])
        return self.points[step] + np.float32(share) * (self.points[step + 1] - self.points[step])


@dataclass(frozen=True, slots=True)
class FlowArrays:
    """The arrays of a `FlowResult`. times: (L,) rising, of field (L, G, G, 2) and density (L, G, G, each at most 1)."""

    paths: dict[str, Path2D]
    times: NDArray[np.float64]
    field: Array
    density: Array
    axis: Array
    data: Array

    @property
    def extent(self) -> float:
        """Half the side of the square that is shown."""
        return float(np.abs(self.axis).max())

    def field_at(self, time: float) -> Array:
        """(G, G, 2) between the two nearest levels."""
        return _between(self.times, self.field, time)

    def density_at(self, time: float) -> Array:
        """(G, G), 1 where it is highest."""
        return _between(self.times, self.density, time)


def read_flow(file: str) -> FlowArrays:
    """The arrays of the .npz that a `FlowResult` names. Raises `BadInput` for a file that is not one."""
    try:
        return _flow(read_arrays(file, most=MOST))
    except (KinoscopeError, *MISFITS) as error:
        raise BadInput(tr("The flow cannot be read"), path=Path(file), hint=tr("Show the flow again")) from error


def _flow(arrays: dict[str, NDArray[np.float64]]) -> FlowArrays:
    names = [name.removesuffix(".paths") for name in arrays if name.endswith(".paths")]
    paths = {name: Path2D(time_of(arrays[f"{name}.sigmas"]), arrays[f"{name}.paths"]) for name in names}  # type: ignore[arg-type]
    times = time_of(arrays["levels"])
    order = np.argsort(times)
    density = arrays["density"][order].astype(np.float32)
    tallest = density.max(axis=(1, 2), keepdims=True)
    return FlowArrays(
        paths,
        times[order],
        arrays["field"][order].astype(np.float32),
        density / np.maximum(tallest, 1e-30),
        arrays["axis"].astype(np.float32),
        arrays["data"].astype(np.float32),
    )


def time_of(sigma: NDArray[np.float64]) -> NDArray[np.float64]:
    """t = sigma / (1 + sigma); 1 at infinity."""
    level = np.asarray(sigma, np.float64)
    return np.where(np.isinf(level), 1.0, level / (1 + np.where(np.isinf(level), 0.0, level)))


def sigma_of(time: float) -> float:
    """sigma = t / (1 - t)."""
    return time / (1 - time) if time < 1 else float("inf")


def _between(times: NDArray[np.float64], values: Array, time: float) -> Array:
    above = min(max(int(np.searchsorted(times, time)), 1), len(times) - 1) if len(times) > 1 else 0
    if above == 0:
        return values[0]
    span = times[above] - times[above - 1]
    share = np.float32(np.clip((time - times[above - 1]) / span, 0.0, 1.0)) if span > 0 else np.float32(0)
    return values[above - 1] + share * (values[above] - values[above - 1])
