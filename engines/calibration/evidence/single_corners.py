"""Single corners: those left out on demand, and those that are probably wrong because the others put them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engines.calibration.evidence.views import View, place_of
from engines.calibration.solve.adjustment import Floats
from engines.calibration.solve.losses import RAYLEIGH
from engines.calibration.targets.target import Target
from engines.calibration.types import Reason, Remedy
from engines.core.errors import UsageError
from engines.core.words import tr

FAR = 8.0
"""How far off a corner is that is probably wrong, in robust standard deviations of its view and of all views."""
LEAST = 0.5
"""And at least this many pixels."""
LEAST_CORNERS = 4
_MOST_OF_A_VIEW = 0.25


def parse_drop(drop: Sequence[str], shown: dict[str, NDArray[np.int64]]) -> dict[str, tuple[int, ...]]:
    """For each view its corners to leave out. drop: as `MonoSpec.drop`; shown: the ids of the views that were found.

    Raises `UsageError` for a view or corner that is not there, and for a view that would keep too few.
    """
    found: dict[str, set[int]] = {}
    for word in drop:
        name, _, text = word.rpartition("#")
        if name not in shown:
            names = ", ".join(list(shown)[:20])
            raise UsageError(
                tr("There is no view for the corner '{word}' to drop", word=word),
                hint=tr("Write VIEW#ID; views: {names}", names=names),
            )
        ids = shown[name]
        if not text.isascii() or not text.isdigit() or int(text) not in ids:
            raise UsageError(
                tr("{name} shows no corner '{text}' to drop", name=name, text=text),
                hint=tr("Its corners are {ranges}", ranges=_ranges(ids)),
            )
        found.setdefault(name, set()).add(int(text))
        if len(ids) - len(found[name]) < LEAST_CORNERS:
            raise UsageError(
                tr("{name} would keep less than {least_corners} corners", name=name, least_corners=LEAST_CORNERS),
                hint=tr("Switch the whole view off"),
            )
    return {name: tuple(sorted(ids)) for name, ids in found.items()}


def suspects(lengths: Sequence[Floats]) -> tuple[NDArray[np.bool_], ...]:
    """Which corners of each view lie so far off in a robust fit that they are probably wrong.

    lengths: of each view's residuals, in pixels. A view with much noise of its own is no reason to suspect its corners.
    """
    everywhere = float(np.median(np.concatenate(lengths)))
    limits = [max(FAR * max(everywhere, float(np.median(far))) / RAYLEIGH, LEAST) for far in lengths]
    return tuple(far > limit for far, limit in zip(lengths, limits, strict=True))


def wrong_corners(
    views: Sequence[View], target: Target, lengths: Sequence[Floats], wrong: Sequence[NDArray[np.bool_]]
) -> Iterator[Reason]:
    """Each wrong corner named, the farthest first; a view in which many are wrong is named as a whole."""
    bad = [number for number, view in enumerate(wrong) if view.mean() > _MOST_OF_A_VIEW]
    for number in bad:
        name, count = (
            views[number].name,
            tr("{wrong} of the {count} corners", wrong=int(wrong[number].sum()), count=len(wrong[number])),
        )
        words = tr(
            "{count} of {name} lie far from where the other views put them; switch the view off", count=count, name=name
        )
        yield Reason("odd-view", 1, words, Remedy("switch_off", name))
    found = [
        (float(lengths[number][at]), number, int(at))
        for number in range(len(views))
        if number not in bad
        for at in np.flatnonzero(wrong[number])
    ]
    for far, number, at in sorted(found, reverse=True):
        view = views[number]
        place = place_of(target, int(view.seen.ids[at]))
        words = tr(
            "Corner {place} of {view} lies {far:.2g} px from where the others put it; drop it",
            place=place,
            view=view.name,
            far=far,
        )
        yield Reason("wrong-corner", 1, words, Remedy("drop_corner", f"{view.name}#{place.id}"))


def _ranges(ids: NDArray[np.int64]) -> str:
    """Numbers in words: "0 to 53", or one by one where some are missing."""
    if len(ids) == ids[-1] - ids[0] + 1:
        return tr("{first} to {last}", first=ids[0], last=ids[-1])
    return ", ".join(str(number) for number in ids[:40])
