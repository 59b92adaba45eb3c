"""What two calibrations of a rig disagree on, in words: only what is larger than the deviations that they state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engines.calibration.rig.differences import PairDifference, RigComparison
from engines.calibration.rig.types import RigResult
from engines.calibration.types import Reason
from engines.core.words import as_part, tr

TOLD = 4
"""The most sentences of one sort."""


def findings(told: RigComparison) -> Iterator[Reason]:
    """Sentences, the worst sorts first; level 0 for what is as it should be."""
    for sort in (_absent(told), _scaled(told), _moved(told), _apart(told), _lenses(told), _read(told)):
        yield from sort
    known = [pair.deviations for pair in told.pairs if pair.deviations is not None]
    if not known:
        yield Reason("unknown", 0, tr("How certain the distances are is not told by both, so they cannot be judged"))
    elif max(known) < told.limit:
        words = tr(
            "The cameras stand as before: no distance is {limit:.1f} joint deviations apart, "
            "the furthest {furthest:.1f}",
            limit=told.limit,
            furthest=max(known),
        )
        yield Reason("places", 0, words)


def _read(told: RigComparison) -> Iterator[Reason]:
    """What was taken for granted of files of other programs."""
    for reason in told.base.reasons if not told.base.verdict else ():
        yield Reason("file", 0, tr("Of the first: {words}", words=as_part(reason.words)))
    for reason in told.laid.reasons if not told.laid.verdict else ():
        yield Reason("file", 0, tr("Of the second: {words}", words=as_part(reason.words)))


def _absent(told: RigComparison) -> Iterator[Reason]:
    if told.only_first:
        yield Reason("absent", 1, tr("Only in the first: {names}", names=", ".join(told.only_first)))
    if told.only_second:
        yield Reason("absent", 1, tr("Only in the second: {names}", names=", ".join(told.only_second)))
    if not told.by_name:
        yield Reason("order", 0, tr("Their cameras have other names and were taken to be the same by their order"))


def _scaled(told: RigComparison) -> Iterator[Reason]:
    if not _is_scaled(told):
        return
    figures = {"share": abs(told.scale_percent), "deviations": told.scale_deviations}
    words = (
        tr(
            "All in all distances are {share:.2g} % longer in the second: {deviations:.1f} joint deviations. "
            "Was the board the same, and its size told alike?",
            **figures,
        )
        if told.scale_percent > 0
        else tr(
            "All in all distances are {share:.2g} % shorter in the second: {deviations:.1f} joint deviations. "
            "Was the board the same, and its size told alike?",
            **figures,
        )
    )
    yield Reason("scale", 2, words)


def _moved(told: RigComparison) -> Iterator[Reason]:
    for one in told.cameras:
        if one.moved:
            words = tr(
                "{camera} has moved: {place_mm:.3g}\u00a0mm and {turn_deg:.2f}\u00b0 against the others, "
                "which stand as before",
                camera=one.name,
                place_mm=one.place_mm,
                turn_deg=one.turn_deg,
            )
            yield Reason("moved", 2, words)


def _apart(told: RigComparison) -> Iterator[Reason]:
    """Distances and angles that neither moved cameras nor another scale account for, the furthest first."""
    gone = {one.first for one in told.cameras if one.moved}
    pairs = [pair for pair in told.pairs if not gone & {pair.first, pair.second}]
    by_scale = _is_scaled(told) and all(_left(pair, told) < told.limit for pair in pairs)
    for pair in [] if by_scale else _far(pairs, "deviations", told.limit):
        figures = {
            "pair": _between(pair, told.base),
            "apart_mm": abs(pair.apart_mm),
            "deviations": pair.deviations,
        }
        words = (
            tr(
                "{pair} are {apart_mm:.3g}\u00a0mm further apart in the second: {deviations:.1f} joint deviations",
                **figures,
            )
            if pair.apart_mm > 0
            else tr(
                "{pair} are {apart_mm:.3g}\u00a0mm less apart in the second: {deviations:.1f} joint deviations",
                **figures,
            )
        )
        yield Reason("distance", 2, words)
    for pair in _far(pairs, "angle_deviations", told.limit):
        words = tr(
            "The angle between {pair} differs by {apart_deg:.2g}\u00b0: {deviations:.1f} joint deviations",
            pair=_between(pair, told.base),
            apart_deg=abs(pair.apart_deg),
            deviations=pair.angle_deviations,
        )
        yield Reason("angle", 2, words)


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
                "shape",
                1,
                tr("The pictures of {one} have other shapes, so that its lenses are not compared", one=one.name),
            )
            continue
        if one.resized:
            yield Reason(
                "resized",
                0,
                tr(
                    "{one} was calibrated at two resolutions; compared at {image_size}",
                    one=one.name,
                    image_size=one.lens.image_size,
                ),
            )
        known = [each for each in one.lens.parameters if each.deviations is not None]
        worst = max(known, key=lambda each: each.deviations or 0.0, default=None)
        if worst is not None and (worst.deviations or 0.0) >= told.limit:
            words = tr(
                "The lens of {camera} differs by {usual_px:.3g} px in most places; "
                "{parameter} by {deviations:.1f} joint deviations",
                camera=one.name,
                usual_px=one.usual_px or 0.0,
                parameter=worst.name,
                deviations=worst.deviations,
            )
            yield Reason("lens", 2, words)


def _between(pair: PairDifference, first: RigResult) -> str:
    return tr("{first} and {second}", first=first.cameras[pair.first].name, second=first.cameras[pair.second].name)
