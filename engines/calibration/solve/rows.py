"""Projection of many views at once, a parameter a row: each derivative is one array over all corners.

`cv2.projectPoints` gives the same numbers corner by corner, five times slower, and its columns would have to be turned
round for the sums that follow. Brown's lens, the rational one and that with a thin prism are written out here (OpenCV's
`calib3d` documentation has the equations); the other models are asked corner by corner.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.calibration.solve.projecting import project_seen, project_seen_with_derivatives
from engines.core.lenses import ModelName

Floats = NDArray[np.float64]
_WRITTEN_OUT = ("brown5", "rational8", "thinprism12")


def project_views(model: ModelName, lens: Floats, seen: Floats) -> Floats:
    """3 x B x M points in the camera's coordinates, z not 0, to B x 2 x M pixels. lens: fx, fy, cx, cy, distortion."""
    if model not in _WRITTEN_OUT:
        image = project_seen(model, lens, _flat(seen))
        return np.moveaxis(image.reshape(*seen.shape[1:], 2), -1, 1)
    return _Brown(lens, seen).image


def project_views_with_rows(
    model: ModelName, lens: Floats, seen: Floats, by_lens: Floats | None, by_point: Floats
) -> Floats:
    """As `project_views`; fills `by_lens` (P x B x 2 x M) and `by_point` (3 x B x 2 x M), the derivatives."""
    if model not in _WRITTEN_OUT:
        return _from_columns(model, lens, seen, by_lens, by_point)
    brown = _Brown(lens, seen)
    brown.fill_point(by_point)
    if by_lens is not None:
        brown.fill_lens(by_lens)
    return brown.image


def _from_columns(model: ModelName, lens: Floats, seen: Floats, by_lens: Floats | None, by_point: Floats) -> Floats:
    image, *slopes = project_seen_with_derivatives(model, lens, _flat(seen))
    for rows, columns in zip((by_point, by_lens), slopes, strict=True):
        if rows is not None:
            rows[:] = columns.reshape(*seen.shape[1:], 2, len(rows)).transpose(3, 0, 2, 1)
    return np.moveaxis(image.reshape(*seen.shape[1:], 2), -1, 1)


def _flat(seen: Floats) -> Floats:
    return np.ascontiguousarray(seen.reshape(3, -1).T)


class _Brown:
    """u, v: x / z and y / z; radial: what both are stretched by; lens padded with zeros to that with a prism."""

    def __init__(self, lens: Floats, seen: Floats) -> None:
        self.fx, self.fy, self.cx, self.cy = lens[:4]
        self.terms = np.concatenate([lens[4:], np.zeros(12 - len(lens[4:]))])
        self.rational, self.prism = len(lens) > 9, len(lens) > 12
        self.depth = 1 / seen[2]
        u, v = self.u, self.v = seen[0] * self.depth, seen[1] * self.depth
        self.uu, self.vv, self.uv = u * u, v * v, u * v
        self.r2 = self.uu + self.vv
        self.r4 = self.r2 * self.r2
        self.across, self.down = self.r2 + 2 * self.uu, self.r2 + 2 * self.vv
        k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = self.terms
        self.radial = 1 + self.r2 * (k1 + self.r2 * (k2 + self.r2 * k3))
        if self.rational:
            self.below = 1 / (1 + self.r2 * (k4 + self.r2 * (k5 + self.r2 * k6)))
            self.radial *= self.below
        self.x = u * self.radial + (2 * p1) * self.uv + p2 * self.across
        self.y = v * self.radial + p1 * self.down + (2 * p2) * self.uv
        if self.prism:
            self.x += self.r2 * (s1 + s2 * self.r2)
            self.y += self.r2 * (s3 + s4 * self.r2)

    @property
    def image(self) -> Floats:
        return np.stack([self.fx * self.x + self.cx, self.fy * self.y + self.cy], axis=1)

    def fill_lens(self, rows: Floats) -> None:
        rows[:4] = 0.0
        rows[0, :, 0], rows[1, :, 1], rows[2, :, 0], rows[3, :, 1] = self.x, self.y, 1.0, 1.0
        self._fill_terms(rows[4:])

    def _fill_terms(self, rows: Floats) -> None:
        fx, fy, r2, r4 = self.fx, self.fy, self.r2, self.r4
        first = r2 * self.below if self.rational else r2
        rows[0, :, 0], rows[0, :, 1] = fx * self.u * first, fy * self.v * first
        powers = r2[:, None], r4[:, None]
        rows[1], rows[4] = rows[0] * powers[0], rows[0] * powers[1]
        rows[2, :, 0], rows[2, :, 1] = (2 * fx) * self.uv, fy * self.down
        rows[3, :, 0], rows[3, :, 1] = fx * self.across, (2 * fy) * self.uv
        if self.rational:
            rows[5] = -rows[0] * self.radial[:, None]
            rows[6], rows[7] = rows[5] * powers[0], rows[5] * powers[1]
        if self.prism:
            rows[8:] = 0.0
            rows[8, :, 0], rows[9, :, 0], rows[10, :, 1], rows[11, :, 1] = fx * r2, fx * r4, fy * r2, fy * r4

    def fill_point(self, rows: Floats) -> None:
        by_u, by_v, mixed_x, mixed_y = self._slopes()
        across, down = self.fx * self.depth, self.fy * self.depth
        rows[0, :, 0], rows[0, :, 1] = by_u * across, mixed_y * down
        rows[1, :, 0], rows[1, :, 1] = mixed_x * across, by_v * down
        rows[2] = -(rows[0] * self.u[:, None] + rows[1] * self.v[:, None])

    def _slopes(self) -> tuple[Floats, Floats, Floats, Floats]:
        """x by u, y by v, x by v and y by u, before the focal lengths."""
        k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = self.terms
        u, v, r2 = self.u, self.v, self.r2
        bend = k1 + r2 * (2 * k2 + r2 * (3 * k3))
        if self.rational:
            bend = (bend - self.radial * (k4 + r2 * (2 * k5 + r2 * (3 * k6)))) * self.below
        mixed = (2 * bend) * self.uv + (2 * p1) * u + (2 * p2) * v
        by_u = self.radial + (2 * bend) * self.uu + (2 * p1) * v + (6 * p2) * u
        by_v = self.radial + (2 * bend) * self.vv + (6 * p1) * v + (2 * p2) * u
        if not self.prism:
            return by_u, by_v, mixed, mixed
        x, y = 2 * (s1 + 2 * s2 * r2), 2 * (s3 + 2 * s4 * r2)
        return by_u + x * u, by_v + y * v, mixed + x * v, mixed + y * u
