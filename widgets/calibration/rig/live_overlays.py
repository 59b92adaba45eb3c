"""What is drawn over the cameras of a rig while the board is looked for: the board, which pair is asked for, and where
the board should go next."""

from __future__ import annotations

from dataclasses import replace

from engines.calibration.live.finder import unflipped
from engines.calibration.live.rig_types import RigSighting
from engines.core.words import tr
from widgets.calibration.rig.live_state import shared_words
from widgets.viewer.overlays import Caption, Label, Overlay, Points, Polygon

TARGET = tr("Hold the board here")


def camera_overlays(seen: RigSighting, camera: int, names: tuple[str, ...]) -> list[Overlay]:
    """Of one camera: the board's outline and corners in one colour, as four cameras are drawn many times a second."""
    sighting = seen.cameras[camera]
    made: list[Overlay] = []
    target = () if seen.target is None else seen.target.outline(camera)
    if target:
        made.append(Polygon(target, "accent", 2.0, 0.14))
    if sighting.found:
        token = "good" if camera in seen.useful else "text"
        made += [Polygon(sighting.outline, token, 2.0), Points(sighting.corners, token, 1.5, "dot")]
    words = _asked(seen, camera, names)
    caption = Caption(words, "bottom-left", "warn") if words else None
    if target:
        made.append(Label(TARGET, target[0], "accent", caption))
    return made if caption is None else [*made, caption]


def as_given(seen: RigSighting) -> RigSighting:
    """What was seen in flipped pictures as it lies in the pictures that the cameras gave."""
    cameras = tuple(unflipped(one) if one.found else one for one in seen.cameras)
    target = seen.target
    if target is not None:
        lasts = [seen.cameras[number].size.width - 1 for number in target.cameras]
        outlines = zip(target.outlines, lasts, strict=True)
        turned = tuple(tuple((last - x, y) for x, y in outline) for outline, last in outlines)
        target = replace(target, outlines=turned)
    return replace(seen, cameras=cameras, target=target)


def _asked(seen: RigSighting, camera: int, names: tuple[str, ...]) -> str:
    """Of the pair that is asked for: what it lacks."""
    if camera not in seen.asked:
        return ""
    pair = next((one for one in seen.pairs if (one.first, one.second) == seen.asked), None)
    if pair is None:
        return tr("This camera's lens needs another view")
    other = names[pair.second if camera == pair.first else pair.first]
    return (
        tr("{shared_words} views with {other}", shared_words=shared_words(pair), other=other)
        if pair.lacks
        else tr("Distance to {other}", other=other)
    )
