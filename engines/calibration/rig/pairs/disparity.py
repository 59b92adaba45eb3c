"""Disparity: finds what a rectified picture shows again in the other one, and how certainly, from texture and noise.

OpenCV's semi-global matching (Hirschmueller, "Stereo Processing by Semiglobal Matching and Mutual Information", 2008)
finds it to a sixteenth of a pixel, once from each picture; where the two disagree nothing is said. One step of least
squares over a small window (Lucas and Kanade, 1981) then takes it to the optimum, and what that leaves over says how
certain it is: the variance of a shift is the noise's over the sum of squared slopes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.types import Rectification
from engines.core.errors import UsageError
from engines.core.frames import Image
from engines.core.words import tr

Floats = NDArray[np.float32]
BLOCK = 5
"""Pixels a side of what is compared."""
WINDOW = 9
"""Pixels a side of what the last step is fitted to."""
ALIKE = 1.0
"""Pixels by which the two ways may differ."""
NEARBY = 11
"""Pixels a side of where neighbours are looked at for how rough disparities are."""
STEP = 0.75
"""Pixels that the last step may go."""
TEXTURE = 1.5
"""Times the slopes that noise alone has, that there must be."""
LEAST_STD = 0.03
"""Pixels: what interpolation leaves wrong in the best texture."""
SLANT, NEAR = 0.15, 1.5
"""Pixels of disparity from a pixel to the next that the matching may not have followed, and how far texture may lie
beside a pixel to count as its own."""
EDGE_STD, EDGE = 0.25, 1.5
"""Pixels that are added where disparities within a window differ by more than `EDGE`: something ends there."""
MOST_SHIFT = 0.7
"""Share of the picture's width that what is nearest may be shifted by."""
_FAR = 1e6
Value = TypeVar("Value", np.uint8, np.bool_)


@dataclass(frozen=True, slots=True)
class Span:
    """The disparities that are looked through: `count` from `first` on, whole pixels; count in whole sixteens."""

    first: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Disparity:
    """Of the first camera's rectified picture, H x W pixels: how far what is there stands from infinity, and one
    standard deviation of that. NaN where it is not known."""

    value: Floats
    std: Floats


def offset(how: Rectification) -> float:
    """Disparity of what is infinitely far, in pixels."""
    first, second = ((one.cy if how.vertical else one.cx) for one in how.straight)
    return (second - first) if how.swapped else (first - second)


def span(how: Rectification, near: float, far: float) -> Span:
    """What has to be looked through for depths from `near` to `far` metres.

    Raises `UsageError` where that makes no sense, or the nearest lie further apart than the picture is wide.
    """
    if not 0 < near < far:
        raise UsageError(
            tr("Depths from {near:g}\u00a0m to {far:g}\u00a0m cannot be", near=near, far=far),
            hint=tr("The nearest first, both above 0"),
        )
    width = how.size.height if how.vertical else how.size.width
    least, most = how.focal * how.baseline / far, how.focal * how.baseline / near
    first = int(np.floor(least + offset(how)))
    count = -(-int(np.ceil(most + offset(how)) - first + 1) // 16) * 16
    if most + offset(how) > MOST_SHIFT * width:
        nearest = how.focal * how.baseline / max(MOST_SHIFT * width - offset(how), 1.0)
        raise UsageError(
            tr("At {near:g}\u00a0m the two pictures share too little", near=near),
            hint=tr("Choose {nearest:.2g}\u00a0m or more as the nearest", nearest=nearest),
        )
    return Span(first, count)


class Matcher:
    """Matches pairs of rectified pictures of one size. Not for two threads at once."""

    def __init__(self, how: Rectification, near: float, far: float, twice: bool = True) -> None:
        """twice: also looked for from the second picture, for half as many mistakes; else what the first look tells of
        the second picture is compared, which takes half the time. Raises as `span` does."""
        self.how, self.span, self._twice = how, span(how, near, far), twice
        self._matcher = cv2.StereoSGBM.create(
            minDisparity=self.span.first,
            numDisparities=self.span.count,
            blockSize=BLOCK,
            P1=8 * BLOCK**2,
            P2=32 * BLOCK**2,
            disp12MaxDiff=-1 if twice else int(ALIKE),
            preFilterCap=31,
            uniquenessRatio=5,
            speckleWindowSize=60,
            speckleRange=2,
            mode=cv2.STEREO_SGBM_MODE_SGBM_3WAY,
        )

    def match(self, first: Image, second: Image, there: NDArray[np.bool_] | None = None) -> Disparity:
        """Two rectified pictures, H x W x 3 BGR or H x W gray. there: where the first shows anything, H x W."""
        one, other = (self._upright(_gray(image)) for image in (first, second))
        raw = self._raw(one, other)
        if self._twice:
            raw[~_agree(raw, self._raw(other[:, ::-1], one[:, ::-1])[:, ::-1])] = np.nan
        value, std = settled(raw, one, other)
        if there is not None:
            value[~self._upright(there)] = np.nan
        std[np.isnan(value)] = np.nan
        return Disparity(self._back(value - np.float32(offset(self.how))), self._back(std))

    def _raw(self, one: Image, other: Image) -> Floats:
        """As the matcher finds them; both pictures widened so that the whole range is looked through everywhere."""
        before = max(self.span.first + self.span.count, 0)
        after = max(-self.span.first, 0)
        wide = [cv2.copyMakeBorder(np.ascontiguousarray(each), 0, 0, before, after, cv2.BORDER_REPLICATE)
                for each in (one, other)]  # fmt: skip
        found = self._matcher.compute(*wide)[:, before : before + one.shape[1]].astype(np.float32) / 16
        found[found < self.span.first] = np.nan
        return np.asarray(found)

    def _upright(self, image: NDArray[Value]) -> NDArray[Value]:
        """So that the first camera is the left one of two side by side."""
        turned = image.T if self.how.vertical else image
        return np.ascontiguousarray(turned[:, ::-1] if self.how.swapped else turned)

    def _back(self, values: Floats) -> Floats:
        turned = values[:, ::-1] if self.how.swapped else values
        return np.ascontiguousarray(turned.T if self.how.vertical else turned)


def _gray(image: Image) -> Image:
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def _agree(one: Floats, other: Floats) -> NDArray[np.bool_]:
    """Where what the first picture says leads to a place of the second that leads back."""
    columns = np.broadcast_to(np.arange(one.shape[1], dtype=np.float32), one.shape)
    rows = np.broadcast_to(np.arange(one.shape[0], dtype=np.float32)[:, None], one.shape)
    there = cv2.remap(
        other, columns - np.nan_to_num(one), np.ascontiguousarray(rows), cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(float("nan"),),
    )  # fmt: skip
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(there - one) <= ALIKE)


def settled(raw: Floats, one: Image, other: Image) -> tuple[Floats, Floats]:
    """Disparities after a step of least squares within windows, and their standard deviations; NaN where the texture
    does not carry it. Windows count only pixels that are known."""
    known = np.isfinite(raw)
    left, right, slope = _warped(np.where(known, raw, 0), one, other)
    weight = known.astype(np.float32)
    count = np.maximum(_sum(weight), 1)
    error = left - right
    means = [_sum(weight * each) / count for each in (slope, error)]
    gg = _sum(weight * slope * slope) - count * means[0] ** 2
    ge = _sum(weight * slope * error) - count * means[0] * means[1]
    ee = _sum(weight * error * error) - count * means[1] ** 2
    step = -ge / np.maximum(gg, 1e-6)
    noise = np.maximum(ee - ge**2 / np.maximum(gg, 1e-6), 0) / np.maximum(count - 3, 1)
    # Central differences of a picture have half the variance of its noise, and the noise here is that of two pictures.
    clear = known & (gg > TEXTURE * count * (noise / 4 + 0.05)) & (np.abs(step) < STEP) & (count > WINDOW)
    value = np.where(clear, raw + step, np.nan).astype(np.float32)
    own = np.maximum(noise / np.maximum(gg, 1e-6) + LEAST_STD**2, _roughness(value, clear))
    doubts = EDGE_STD**2 * _ends(raw, known) + _aside(weight * slope * slope)
    std = np.where(clear, np.sqrt(own + doubts), np.nan)
    return value, std.astype(np.float32)


def _aside(strength: Floats) -> Floats:
    """Variance that comes from texture beside a pixel: what is told there is another place's of a slanted surface."""
    ramp, ones = np.arange(WINDOW, dtype=np.float32) - WINDOW // 2, np.ones(WINDOW, np.float32)
    whole = np.maximum(_sum(strength), 1e-6)
    across, down = (
        cv2.sepFilter2D(strength, cv2.CV_32F, x, y, borderType=cv2.BORDER_CONSTANT) / whole
        for x, y in ((ramp, ones), (ones, ramp))
    )
    return np.asarray(SLANT**2 * np.maximum(across * across + down * down - NEAR**2, 0), np.float32)


def _roughness(value: Floats, known: NDArray[np.bool_]) -> Floats:
    """Variance of disparities about their means nearby, which for a plane is none however it is slanted."""
    count = np.maximum(_sum(known.astype(np.float32), NEARBY), 1)
    off = np.where(known, value, 0) - _sum(np.where(known, value, 0), NEARBY) / count
    return np.asarray(_sum(np.where(known, off * off, 0), NEARBY) / count, np.float32)


def _ends(raw: Floats, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where disparities within a window differ much."""
    around = np.ones((WINDOW, WINDOW), np.uint8)
    most = cv2.dilate(np.where(known, raw, -_FAR).astype(np.float32), around)
    least = cv2.erode(np.where(known, raw, _FAR).astype(np.float32), around)
    return np.asarray(most - least > EDGE)


def _warped(raw: Floats, one: Image, other: Image) -> tuple[Floats, Floats, Floats]:
    """The first picture, the second as seen from it, and the slope of both along the rows."""
    columns = np.broadcast_to(np.arange(one.shape[1], dtype=np.float32), one.shape)
    rows = np.ascontiguousarray(np.broadcast_to(np.arange(one.shape[0], dtype=np.float32)[:, None], one.shape))
    left, right = one.astype(np.float32), other.astype(np.float32)
    across = np.asarray(columns - raw, dtype=np.float32)
    slope = cv2.remap(_slope(right), across, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.remap(right, across, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return left, np.asarray(seen, np.float32), np.asarray((slope + _slope(left)) / 2, np.float32)


def _slope(image: Floats) -> Floats:
    return np.asarray(cv2.filter2D(image, cv2.CV_32F, np.array([[-0.5, 0.0, 0.5]])), np.float32)


def _sum(values: NDArray[np.generic], side: int = WINDOW) -> Floats:
    floats = np.asarray(values, np.float32)
    return np.asarray(cv2.boxFilter(floats, cv2.CV_32F, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT))
