"""A personal calibration as plain numbers: where on the screen a look falls, applied live without the training library.

A linear map of scaled features, and where it was found to help a small network of tanh units on top that also says how
sure it is. The file is JSON and holds nothing but numbers, the screen's size and the names of the features.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from engines.core.files import write_json
from engines.core.outputs import check_file, holding
from engines.core.reading import MISFITS, making_sense, read_json
from engines.core.words import tr
from engines.faces.study_types import GazeFit
from engines.faces.types import Point
from engines.faces.vectors import Floats

FORMAT = "kinoscope gaze calibration 1"
CALIBRATION = holding(tr("a gaze calibration"), FORMAT.encode())
SCALES = (1.0, 1.0, 1.0, 1.0, 5.0, 5.0, 5.0, 0.1, 0.1, 0.05)
"""What counts as one unit of each feature: a millimetre of the iris, 5 degrees, a tenth of the picture."""
TERMS = 14
"""Numbers of one look that the linear map sees: the scaled features and four products."""


def terms(features: NDArray[np.floating], middle: NDArray[np.floating]) -> Floats:
    """n x 10 features -> n x 14: scaled about the middle, then products of the irises' mean."""
    scaled = (np.asarray(features, np.float64) - middle) / SCALES
    x, y = (scaled[:, 0] + scaled[:, 2]) / 2, (scaled[:, 1] + scaled[:, 3]) / 2
    return np.column_stack([scaled, x * x, x * y, y * y, x * scaled[:, 9]])


@dataclass(frozen=True, slots=True)
class ScreenModel:
    """middle: 10 feature means. linear: 15 x 2 (the last row is the constant), to pixels over the screen's width.

    hidden: 14 + 1 x h and last: h + 1 x 4 of the network (shift of x and y, and their raw sigmas), empty without one.
    std: pixels, of the linear map alone; spread: what the network's sigmas are multiplied with to be deviations.
    """

    screen: tuple[float, float]
    screen_mm: tuple[float, float]
    distance_mm: float
    middle: Floats
    linear: Floats
    std: float
    hidden: Floats
    last: Floats
    spread: float = 1.0

    def points(self, features: NDArray[np.floating]) -> tuple[Floats, Floats]:
        """n x 10 features -> n x 2 places in pixels of the screen, n deviations in pixels (mean of both axes)."""
        seen = _with_one(terms(features, self.middle))
        place = seen @ self.linear
        if not self.hidden.size:
            return place * self.screen[0], np.full(len(place), self.std)
        raw = _with_one(np.tanh(seen @ self.hidden)) @ self.last
        sigma = np.logaddexp(0, raw[:, 2:]) * self.spread * self.screen[0]
        return (place + raw[:, :2]) * self.screen[0], np.sqrt((sigma**2).mean(axis=1))

    def point(self, features: tuple[float, ...]) -> tuple[Point, float]:
        """One look: the place in pixels of the screen and its standard deviation in degrees."""
        place, std = self.points(np.asarray([features], np.float64))
        x, y = place[0]
        per_degree = self.distance_mm * np.tan(np.radians(1)) * self.screen[0] / self.screen_mm[0]
        return (float(x), float(y)), float(std[0] / per_degree)

    def degrees(self, seen: NDArray[np.floating], true: NDArray[np.floating]) -> Floats:
        """n angles between the rays to places on the screen (n x 2 pixels each), from an eye before its middle."""
        return degrees_apart(seen, true, self.screen, self.screen_mm, self.distance_mm)

    def save(self, path: str | Path, fit: GazeFit | None = None) -> None:
        """Write it, whole or not at all; fit: how well it did, kept beside it. Raises `BadInput` for other files."""
        check_file(path, CALIBRATION)
        names = ("middle", "linear", "hidden", "last")
        numbers = {name: np.asarray(getattr(self, name)).tolist() for name in names}
        sizes = {"screen": self.screen, "screen_mm": self.screen_mm, "distance_mm": self.distance_mm}
        told = {} if fit is None else {"fit": asdict(fit)}
        write_json(path, {"format": FORMAT, **sizes, **numbers, "std": self.std, "spread": self.spread, **told})

    @classmethod
    def load(cls, path: str | Path) -> ScreenModel:
        """Read what `save` wrote. Raises `BadInput` for anything else."""
        data = read_json(path)
        with making_sense(path, tr("Not a gaze calibration"), hint=tr("Calibrate again")):
            return _checked(data)


def kept_fit(path: str | Path) -> GazeFit | None:
    """How well the calibration in a file did, None where that was not kept. Raises `BadInput` as `load`."""
    ScreenModel.load(path)
    data = cast(dict[str, Any], read_json(path)).get("fit")
    if not isinstance(data, dict):
        return None
    try:
        places = {name: tuple((float(x), float(y)) for x, y in data[name]) for name in ("points", "predicted")}
        errors = tuple(float(one) for one in data["by_point"])
        made = GazeFit(**{**data, **places, "by_point": errors, "file": str(path)})
    except MISFITS:
        return None
    return made if len(errors) == len(made.points) == len(made.predicted) else None


def degrees_apart(
    seen: NDArray[np.floating],
    true: NDArray[np.floating],
    screen: tuple[float, float],
    screen_mm: tuple[float, float],
    distance_mm: float,
) -> Floats:
    """n angles in degrees between rays to n x 2 pixels each, from an eye `distance_mm` before the screen's middle."""
    rays = []
    for places in (seen, true):
        flat = (np.asarray(places, np.float64) / screen - 0.5) * screen_mm
        full = np.column_stack([flat, np.full(len(flat), float(distance_mm))])
        rays.append(full / np.linalg.norm(full, axis=1, keepdims=True))
    across = np.linalg.norm(np.cross(*rays), axis=1)
    return np.asarray(np.degrees(np.arctan2(across, (rays[0] * rays[1]).sum(axis=1))))


def _with_one(values: Floats) -> Floats:
    return np.column_stack([values, np.ones(len(values))])


def _checked(data: Any) -> ScreenModel:
    if data["format"] != FORMAT:
        raise ValueError(data["format"])
    width, height = map(float, data["screen"])
    across, down = map(float, data["screen_mm"])
    arrays = {name: np.asarray(data[name], np.float64) for name in ("middle", "linear", "hidden", "last")}
    units = arrays["hidden"].shape[1] if arrays["hidden"].size else 0
    shapes = {"middle": (len(SCALES),), "linear": (TERMS + 1, 2)}
    if units:
        shapes |= {"hidden": (TERMS + 1, units), "last": (units + 1, 4)}
    numbers = (width, height, across, down, float(data["distance_mm"]), float(data["std"]), float(data["spread"]))
    whole = all(np.isfinite(one).all() for one in arrays.values()) and np.isfinite(numbers).all()
    if any(arrays[name].shape != shape for name, shape in shapes.items()) or not whole or min(numbers[:5]) <= 0:
        raise ValueError("shapes")
    std, spread = numbers[5:]
    return ScreenModel((width, height), (across, down), numbers[4], **arrays, std=std, spread=spread)
