"""Projection a parameter a row, beside OpenCV's and beside differences."""

import numpy as np
import pytest

from engines.calibration.solve.projecting import project_seen, project_seen_with_derivatives
from engines.calibration.solve.rows import project_views, project_views_with_rows
from engines.core.lenses import ModelName

PINHOLE = (1000.0, 1010.0, 640.0, 361.0)
BROWN = (-0.2, 0.07, 0.002, -0.003, -0.01)
RATIONAL = (0.9, 0.35, 0.002, -0.003, 0.02, 1.3, 0.62, 0.08)
PRISM = (*RATIONAL, 0.002, -0.001, 0.003, 0.0005)
TERMS: dict[ModelName, tuple[float, ...]] = {
    "brown5": BROWN,
    "rational8": RATIONAL,
    "thinprism12": PRISM,
    "tilted14": (*PRISM, 0.02, -0.03),
    "fisheye4": (0.03, -0.01, 0.004, -0.001),
}


@pytest.fixture
def seen() -> np.ndarray:
    """Seven views of eleven points, up to 40 degrees from the axis: 3 x 7 x 11."""
    rng = np.random.default_rng(3)
    return np.stack([rng.uniform(-0.8, 0.8, (7, 11)), rng.uniform(-0.6, 0.6, (7, 11)), rng.uniform(1, 2, (7, 11))])


@pytest.mark.parametrize("model", TERMS)
def test_rows_are_opencvs_columns(model: ModelName, seen: np.ndarray):
    lens = np.array([*PINHOLE, *TERMS[model]])
    image, by_point, by_lens = project_seen_with_derivatives(model, lens, seen.reshape(3, -1).T)
    rows = np.full((len(lens) + 3, 7, 2, 11), np.nan)
    ours = project_views_with_rows(model, lens, seen, rows[:-3], rows[-3:])
    columns = rows.transpose(1, 3, 2, 0).reshape(77, 2, -1)
    assert ours.transpose(0, 2, 1).reshape(-1, 2) == pytest.approx(image, abs=1e-9)
    assert columns[..., : len(lens)] == pytest.approx(by_lens, abs=1e-8)
    assert columns[..., len(lens) :] == pytest.approx(by_point, abs=1e-8)
    assert np.array_equal(ours, project_views(model, lens, seen))


@pytest.mark.parametrize("model", TERMS)
def test_rows_are_what_differences_say(model: ModelName, seen: np.ndarray):
    lens = np.array([*PINHOLE, *TERMS[model]])
    rows = np.empty((len(lens) + 3, 7, 2, 11))
    project_views_with_rows(model, lens, seen, rows[:-3], rows[-3:])
    step = 1e-6
    for number in range(len(lens)):
        ways = step * np.eye(len(lens))[number]
        change = project_views(model, lens + ways, seen) - project_views(model, lens - ways, seen)
        assert rows[number] == pytest.approx(change / (2 * step), abs=1e-3, rel=1e-5)
    for axis in range(3):
        ways = step * np.eye(3)[axis][:, None, None]
        change = project_views(model, lens, seen + ways) - project_views(model, lens, seen - ways)
        assert rows[len(lens) + axis] == pytest.approx(change / (2 * step), abs=1e-3, rel=1e-5)


def test_no_points_are_no_pixels():
    assert project_seen("brown5", np.array([*PINHOLE, *BROWN]), np.zeros((0, 3))).shape == (0, 2)
