"""A rig's figures in words: distances in the unit that suits them, deviations with the same digits."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engines.calibration.rig.names import floor_frame
from engines.calibration.rig.types import RigCamera, RigPair, RigResult
from engines.core.words import tr, tr_count
from widgets.calibration.state import MODEL_NAMES, pixels
from widgets.kit.figures_table import Shown
from widgets.kit.lengths.units import MM, UNITS, M, Unit, digits
from widgets.kit.words import DASH, seconds_words

PLUS_MINUS = "\u00b1"
FEW = 3.55
LONG = 10.0
"""Metres from which on lengths are usually told in metres."""
MOST = 5
"""Decimals, of whatever it is."""


def focal(camera: RigCamera) -> tuple[str, str]:
    """Focal length in pixels and its deviation: "held" where it was, a dash where nothing is known."""
    std = camera.std.get("fx")
    if std is None:
        return f"{camera.intrinsics.fx:.2f}", DASH
    if std <= 0:
        return f"{camera.intrinsics.fx:.2f}", tr("held")
    std = camera.focal_uncertainty
    decimals = min(4, max(0, 1 - math.floor(math.log10(std))))
    return f"{camera.intrinsics.fx:.{decimals}f}", f"{std:.{decimals}f}"


def pair_name(result: RigResult, pair: RigPair) -> str:
    return f"{result.cameras[pair.first].name} \u2013 {result.cameras[pair.second].name}"


def pair_table(result: RigResult) -> Shown:
    """Name, distance and angle with their deviations, shared frames, spread; one unit for all distances."""
    unit = UNITS.of(MM if all(pair.distance < LONG for pair in result.pairs) else M)
    apart = [None if pair.uncertainty is None else unit.of(pair.uncertainty) for pair in result.pairs]
    decimals = decimals_of(apart, most_of(unit)), decimals_of([pair.angle_std for pair in result.pairs])
    rows = []
    for pair, std in zip(result.pairs, apart, strict=True):
        distance = with_std(unit.of(pair.distance), std, decimals[0], most_of(unit))
        spread = DASH if pair.spread is None else digits(unit.of(pair.spread), 2)
        shared = str(pair.frames) if pair.frames else DASH
        rows.append(
            (pair_name(result, pair), distance, with_std(pair.angle, pair.angle_std, decimals[1]), shared, spread)
        )
    return Shown(
        (
            tr("Distance of"),
            tr("Length, {unit}", unit=unit.symbol),
            tr("Angle, \u00b0"),
            tr("Frames"),
            tr("Spread, {unit}", unit=unit.symbol),
        ),
        tuple(rows),
    )


def most_of(unit: Unit) -> int:
    """Decimals of a length at the most: hundredths of a micrometre."""
    return max(MOST, UNITS.decimals(MM, MOST)) if unit is UNITS.chosen else MOST


def decimals_of(stds: Sequence[float | None], most: int = MOST) -> int:
    """Of a column, so that its points stand below each other: those that its middle deviation asks for, and so many
    that the least one is not told as 0. Two digits of a deviation below 355, one above, as the Particle Data Group has
    it (Review of Particle Physics, Introduction, 5.3)."""
    known = sorted(std for std in stds if std is not None and math.isfinite(std) and std > 0)
    if not known:
        return 2
    least, middle = known[0], known[len(known) // 2]
    place = math.floor(math.log10(middle))
    told = 2 if middle < FEW * 10.0**place else 1
    return min(most, max(0, told - 1 - place, -math.floor(math.log10(least))))


def with_std(value: float, std: float | None, decimals: int | None = None, most: int = MOST) -> str:
    """'191.853 \u00b1 0.044', with two digits of the deviation or so many decimals; the value alone where that is not
    known."""
    if std is None or not math.isfinite(std):
        return f"{value:.{2 + most - MOST}f}"
    two = min(most, max(0, 1 - math.floor(math.log10(std)))) if std > 0 else 2
    places = two if decimals is None else decimals
    return f"{value:.{places}f} {PLUS_MINUS} {std:.{places}f}"


def length_words(metres: float, std: float | None) -> str:
    """The same of a length with its unit: usually millimetres where it is not long."""
    unit = UNITS.of(MM if abs(metres) < LONG else M)
    told = with_std(unit.of(metres), None if std is None else unit.of(std), most=most_of(unit))
    return f"{told} {unit.symbol}"


def camera_row(camera: RigCamera) -> tuple[str, ...]:
    """Name, focal length, deviation, RMS, left out, median, frames, outliers."""
    length, std = focal(camera)
    rated = camera.corners > 0
    errors = camera.rms_px, camera.held_out_rms_px, camera.median_px
    told = (pixels(error) if rated else DASH for error in errors)
    counts = (str(camera.frames), str(camera.outliers)) if rated else (DASH, DASH)
    return camera.name, length, std, *told, *counts


def about(result: RigResult) -> str:
    """Which model, from how many frames, whose coordinates, what else was solved."""
    models = {MODEL_NAMES[camera.model] for camera in result.cameras}
    parts = [models.pop() if len(models) == 1 else tr("several lens models")]
    if result.frames_used:
        parts.append(tr_count(result.frames_used, "{n} frame used", "{n:,} frames used"))
    if result.reference:
        frame = floor_frame(result.reference)
        parts.append(
            tr("origin: {reference}", reference=result.reference)
            if frame is None
            else tr("origin: the board in {frame}", frame=frame)
        )
    if result.free_board:
        parts.append(tr("board shape solved"))
    if result.mirrored:
        parts.append(tr("pictures flipped left to right"))
    if result.seconds > 0:
        parts.append(seconds_words(result.seconds))
    known = any(camera.std for camera in result.cameras)
    said = tr("\u00b1 is one standard deviation.") if known else tr("This file says nothing of the uncertainty.")
    return "\u2002\u00b7\u2002".join(parts) + f". {said}"
