"""What the page of two cameras shows, as values, and the words and colours that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engines.calibration.rig.types import RigResult, StereoResult
from engines.core.frames import Image
from engines.core.pictures.heat import OVER
from engines.core.words import tr
from widgets.calibration.pages.heat_plane import rough
from widgets.kit.lengths.units import MM, UNITS, M, digits, figure
from widgets.kit.results import Stat

if TYPE_CHECKING:
    from engines.calibration.rig.pairs.depth import Depth, Seen

UNKNOWN = (26, 22, 19)
"""BGR of where no depth is known."""
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PairView:
    """pairs, frames: what can be chosen, with their titles; pair, frame: what is. near, far: metres.

    seen: the pictures, rectified, with their depth; rig: whose coordinates those are in. figures: of the pair where it
    can be told. live: from the sources; can_live: they form a rig. note: why nothing is shown, or what is
    going on. rate: pictures per second, live.
    """

    pairs: Choices = ()
    pair: str = ""
    frames: Choices = ()
    frame: str = ""
    alpha: float = 0.0
    near: float = 0.3
    far: float = 5.0
    live: bool = False
    can_live: bool = False
    seen: Seen | None = None
    rig: RigResult | None = None
    figures: StereoResult | None = None
    note: str = ""
    rate: float = 0.0


def depth_picture(depth: Depth, near: float, far: float) -> Image:
    """BGR: near is bright, and what is not known is dark. As disparities are, so that near is told apart as finely."""
    return _coloured(depth, near, far, np.full((*depth.metres.shape, 3), UNKNOWN, np.uint8))


def laid_over(first: Image, depth: Depth, near: float, far: float) -> Image:
    """BGR: the first picture, in the colours of its depth where that is known."""
    colours = _coloured(depth, near, far, first.copy())
    return np.asarray(cv2.addWeighted(colours, OVER, first, 1 - OVER, 0), np.uint8)


def _coloured(depth: Depth, near: float, far: float, under: Image) -> Image:
    """The colours of what is known, on a picture, which is changed."""
    known = np.isfinite(depth.metres).astype(np.uint8)
    steps = 255 / (1 / near - 1 / far)
    share = cv2.convertScaleAbs(
        np.maximum(1 / np.nan_to_num(depth.metres, nan=far) - np.float32(1 / far), 0), alpha=steps
    )
    return np.asarray(cv2.copyTo(cv2.applyColorMap(share, cv2.COLORMAP_VIRIDIS), known, under), np.uint8)


def beside(first: Image, second: Image, vertical: bool) -> Image:
    """Both in one picture, so that rows (or columns) go on from the one to the other."""
    return np.ascontiguousarray(np.vstack([first, second]) if vertical else np.hstack([first, second]))


def metres(value: float, std: float) -> str:
    """ "1.234 ± 0.012 m": as many figures as the deviation has."""
    unit = UNITS.of(M)
    value, std = unit.of(value), unit.of(std)
    if not np.isfinite(std) or std <= 0:
        return f"{digits(value, 3)} {unit.symbol}"
    places = int(np.clip(1 - np.floor(np.log10(std)), 0, 6))
    return f"{value:.{places}f} ± {std:.{places}f} {unit.symbol}"


def depth_words(depth: Depth, x: float, y: float) -> str:
    """What is known at a pixel of the first picture."""
    found = depth.at(x, y)
    return tr("depth not known") if found is None else metres(*found)


def known_words(view: PairView) -> str:
    """How much of the picture has a depth, how well, and what the uncertainty holds."""
    if view.seen is None:
        return view.note
    depth = view.seen.depth
    if depth.share == 0:
        return tr("No depth is known in these pictures: look through other depths, or show something with texture")
    share, relative = round(100 * depth.share), 100 * float(np.nanmedian(depth.std / depth.metres))
    rig = "" if depth.rig_known else tr(", the matching's alone: this rig does not say how certain it is")
    return tr(
        "Depth in {share} % of the picture, ± {relative} % (median){rig}",
        share=share,
        relative=rough(relative),
        rig=rig,
    )


def figures_of(result: StereoResult) -> list[Stat]:
    pair = next((one for one in result.rig.pairs if {one.first, one.second} == _cameras(result)), None)
    unit = UNITS.of(MM)
    std = "" if pair is None or pair.uncertainty is None else rough(unit.of(pair.uncertainty))
    upright = result.rectification.vertical
    apart = [
        Stat(tr("Baseline"), figure(result.baseline_m, MM, 2), unit.symbol, std, tr("Distance of the two cameras")),
        Stat(tr("Turned by"), f"{result.rotation_deg:.3f}", "\u00b0", "", tr("The second camera against the first")),
    ]
    if not result.corners:
        return apart
    return [
        *apart,
        Stat(
            tr("Columns off") if upright else tr("Rows off"),
            f"{result.rectified_dy_rms_px:.3f}",
            "px",
            "",
            tr("Corners across columns, rms") if upright else tr("Corners across rows, rms"),
        ),
        Stat(tr("At most"), f"{result.rectified_dy_max_px:.3f}", "px", "", tr("The worst corner")),
        Stat(
            tr("Epipolar"),
            f"{result.epipolar_px:.3f}",
            "px",
            "",
            tr("Distance of corners from their epipolar lines, rms"),
        ),
        Stat(tr("Corners"), f"{result.corners:,}", "", "", tr("Seen by both cameras")),
    ]


def _cameras(result: StereoResult) -> set[int]:
    return {result.rectification.first, result.rectification.second}
