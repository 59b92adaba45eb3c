"""What two calibrations of a rig disagree on, in words: only what is larger than the deviations that they state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engines.calibration.rig.differences import PairDifference, RigComparison
from engines.calibration.rig.types import RigResult
from engines.calibration.types import Reason

TOLD = 4
"""The most sentences of one sort."""


def findings(told: RigComparison) -> Iterator[Reason]:
    """Sentences, the worst sorts first; level 0 for what is as it should be."""
    for sort in (_absent(told), _scaled(told), _moved(told), _apart(told), _lenses(told), _read(told)):
        yield from sort
    known = [pair.deviations for pair in told.pairs if pair.deviations is not None]
    if not known:
        yield Reason("unknown", 0, "How certain the distances are is not told by both, so they cannot be judged")
    elif max(known) < told.limit:
        words = f"The cameras stand as before: no distance is {told.limit:.1f} joint deviations apart"
        yield Reason("places", 0, f"{words}, the furthest {max(known):.1f}")


def _read(told: RigComparison) -> Iterator[Reason]:
    """What was taken for granted of files of other programs."""
    for result, which in ((told.base, "first"), (told.laid, "second")):
        for reason in result.reasons if not result.verdict else ():
            yield Reason("file", 0, f"Of the {which}: {reason.words[0].lower()}{reason.words[1:]}")


def _absent(told: RigComparison) -> Iterator[Reason]:
    for names, which in ((told.only_first, "first"), (told.only_second, "second")):
        if names:
            yield Reason("absent", 1, f"Only in the {which}: {', '.join(names)}")
    if not told.by_name:
        yield Reason("order", 0, "Their cameras have other names and were taken to be the same by their order")


def _scaled(told: RigComparison) -> Iterator[Reason]:
    if not _is_scaled(told):
        return
    longer = "longer" if told.scale_percent > 0 else "shorter"
    words = (
        f"All in all distances are {abs(told.scale_percent):.2g} % {longer} in the second: "
        f"{told.scale_deviations:.1f} joint deviations. Was the board the same, and its size told alike?"
    )
    yield Reason("scale", 2, words)


def _moved(told: RigComparison) -> Iterator[Reason]:
    for one in told.cameras:
        if one.moved:
            words = f"{one.name} has moved: {one.place_mm:.3g} mm and {one.turn_deg:.2f}\u00b0 against the others"
            yield Reason("moved", 2, words + ", which stand as before")


def _apart(told: RigComparison) -> Iterator[Reason]:
    """Distances and angles that neither moved cameras nor another scale account for, the furthest first."""
    gone = {one.first for one in told.cameras if one.moved}
    pairs = [pair for pair in told.pairs if not gone & {pair.first, pair.second}]
    by_scale = _is_scaled(told) and all(_left(pair, told) < told.limit for pair in pairs)
    for pair in [] if by_scale else _far(pairs, "deviations", told.limit):
        further = "further" if pair.apart_mm > 0 else "less"
        words = f"{_between(pair, told.base)} are {abs(pair.apart_mm):.3g} mm {further} apart in the second"
        yield Reason("distance", 2, f"{words}: {pair.deviations:.1f} joint deviations")
    for pair in _far(pairs, "angle_deviations", told.limit):
        words = f"The angle between {_between(pair, told.base)} differs by {abs(pair.apart_deg):.2g}\u00b0"
        yield Reason("angle", 2, f"{words}: {pair.angle_deviations:.1f} joint deviations")


def _far(pairs: Sequence[PairDifference], kind: str, limit: float) -> list[PairDifference]:
    """Those that differ by more than chance, the furthest first, and not too many."""
    far = sorted(pairs, key=lambda pair: -(getattr(pair, kind) or 0.0))
    return [pair for pair in far if (getattr(pair, kind) or 0.0) >= limit][:TOLD]


def _left(pair: PairDifference, told: RigComparison) -> float:
    """Joint deviations between two distances once the second ones are all made smaller or larger alike."""
    one, other = pair.distances
    share = abs(other / (1 + told.scale_percent / 100) - one) / abs(other - one) if other != one else 0.0
    return share * (pair.deviations or 0.0)


def _is_scaled(told: RigComparison) -> bool:
    return (told.scale_deviations or 0.0) >= told.limit


def _lenses(told: RigComparison) -> Iterator[Reason]:
    for one in told.cameras:
        if one.lens is None:
            yield Reason(
                "shape", 1, f"The pictures of {one.name} have other shapes, so that its lenses are not compared"
            )
            continue
        if one.resized:
            yield Reason(
                "resized", 0, f"{one.name} was calibrated at two resolutions; compared at {one.lens.image_size}"
            )
        known = [each for each in one.lens.parameters if each.deviations is not None]
        worst = max(known, key=lambda each: each.deviations or 0.0, default=None)
        if worst is not None and (worst.deviations or 0.0) >= told.limit:
            words = f"The lens of {one.name} differs by {one.usual_px or 0.0:.3g} px in most places"
            yield Reason("lens", 2, f"{words}; {worst.name} by {worst.deviations:.1f} joint deviations")


def _between(pair: PairDifference, first: RigResult) -> str:
    return f"{first.cameras[pair.first].name} and {first.cameras[pair.second].name}"
