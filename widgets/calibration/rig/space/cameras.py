"""Cameras of a rig as they stand in space: what they see, which side is up, and how well their places are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.calibration.rig.places import centre_of, turn_of
from engines.calibration.rig.types import RigCamera, RigPair, RigResult
from engines.core.frames import Image, Size
from engines.core.lenses import DISTORTION_NAMES, Intrinsics
from engines.core.projection import rays
from engines.core.words import tr
from widgets.calibration.rig.words import length_words, pair_name, with_std
from widgets.charts.space.eye import Floats
from widgets.charts.space.things import Blob, Dot, Ink, Key, Part, Photo, Sheet, Strand, Thing, Word, half_axes, joined
from widgets.kit.lengths.units import MM, length

SIDE, FINE = 8, 40
"""Pieces of a side of the picture's outline, which a lens bends: of a pyramid, and of what it is seen through."""
SIDEWAYS = 0.3
"""Cosine beyond which the outline of a wide lens is drawn on a sphere instead of a plane."""
ON_PLANE = 1.002
"""Depth of a picture on a pyramid's plane: just behind what is drawn there."""
MARK = 0.13
"""Size of the mark that tells which side is up, in widths of the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Straightened:
    """What a camera saw, without its lens's bending: H x W x 3 BGR, and the pinhole that it is of."""

    image: Image
    lens: Intrinsics


@dataclass(frozen=True, slots=True)
class Dress:
    """How a rig's cameras are drawn. dashed: those of a second rig, which keep off the first one's colours."""

    depth: float
    floor: tuple[Floats, float] | None = None
    """Which way is up, and how high the floor is."""
    dashed: bool = False
    within: int = -1
    """The camera that is looked from: of it only the outline is drawn."""
    unnamed: frozenset[str] = frozenset()
    """Cameras whose names are not written."""

    def ink(self, number: int, alpha: float = 1.0, width: float = 1.6) -> Ink:
        return Ink("text" if self.dashed else f"series:{number}", alpha, width, self.dashed)


def outline(size: Size, steps: int = SIDE) -> Floats:
    """Pixels along the picture's border, edge to edge, clockwise from the top left; corners at multiples of `steps`."""
    share = np.linspace(0, 1, steps, endpoint=False)
    rim = [(share, 0 * share), (0 * share + 1, share), (1 - share, 0 * share + 1), (0 * share, 1 - share)]
    return np.concatenate([np.column_stack(side) for side in rim]) * (size.width, size.height) - 0.5


def spanned(camera: RigCamera, pixels: Floats, depth: float) -> Floats:
    """Points of the rig's space that N pixels see, at a depth before the camera; nan where its lens sees nothing."""
    ways = rays(camera.lens, pixels)
    away = depth / np.maximum(ways[:, 2:], SIDEWAYS)
    return np.asarray((ways * away) @ turn_of(camera) + centre_of(camera))


def covariance(result: RigResult, number: int) -> Floats | None:
    """3 x 3, of the place of a camera's centre; None where it is not known.

    From the covariance of its pose, a small turn w (left of the rotation R) and shift d: the centre -R'(t + d) turned
    back moves by -R'[t]w - R'd, with [t] the cross product's matrix.
    """
    camera = result.cameras[number]
    if not result.covariance:
        return None if camera.centre_std is None else np.diag(np.square(camera.centre_std))
    lengths = [4 + len(DISTORTION_NAMES[one.model]) + 6 for one in result.cameras]
    stop = sum(lengths[: number + 1])
    pose = np.array([row[stop - 6 : stop] for row in result.covariance[stop - 6 : stop]])
    x, y, z = camera.tvec
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turned = turn_of(camera).T
    moves = np.hstack([-turned @ cross, -turned])
    return np.asarray(moves @ pose @ moves.T)


def cameras(result: RigResult, dress: Dress) -> Part:
    """All cameras with their names."""
    name = "other" if dress.dashed else "camera"
    drawn = (number for number in range(len(result.cameras)) if number != dress.within)
    return joined(*(_camera(result, number, (name, number), dress) for number in drawn))


def _camera(result: RigResult, number: int, key: Key, dress: Dress) -> Part:
    camera, ink = result.cameras[number], dress.ink(number)
    place, rim = centre_of(camera), spanned(camera, outline(camera.size), dress.depth)
    seen = rim[np.isfinite(rim).all(axis=1)]
    corners = rim[::SIDE][np.isfinite(rim[::SIDE]).all(axis=1)]
    edges = [Strand(np.array([place, corner]), ink, key) for corner in corners]
    faces = [Sheet(np.array([place, *pair]), None, dress.ink(number, 0.045)) for pair in _sides(rim)]
    plane = Sheet(seen, ink, None if dress.dashed else dress.ink(number, 0.14), key)
    mark = up_mark(rim)
    sheets = (plane, Sheet(mark, ink, None if dress.dashed else dress.ink(number, 0.9), key)) if len(mark) else (plane,)
    word = Word(place, camera.name, ink, key, weight=2)
    return Part(
        (*edges, *_stem(place, dress)),
        sheets if dress.dashed else (*faces, *sheets),
        (Dot(place, ink, 3.2, key),),
        words=() if camera.name in dress.unnamed else (word,),
        things={key: _told(result, number, dress.dashed)},
        extent=np.vstack([place, seen]),
    )


def _sides(rim: Floats) -> list[Floats]:
    """The four sides of a picture's outline, where they are seen."""
    sides = [
        np.vstack([rim[start : start + SIDE], rim[(start + SIDE) % len(rim)]]) for start in range(0, 4 * SIDE, SIDE)
    ]
    return [side for side in sides if np.isfinite(side).all()]


def up_mark(rim: Floats) -> Floats:
    """A triangle on the upper side of a picture's outline, 3 x 3; none where that is not seen."""
    left, right, below = rim[0], rim[SIDE], rim[2 * SIDE : 3 * SIDE + 1].mean(axis=0)
    middle = rim[SIDE // 2]
    if not np.isfinite([left, right, below, middle]).all():
        return np.zeros((0, 3))
    across, up = right - left, middle - below
    tip = middle + MARK * np.linalg.norm(across) * up / np.linalg.norm(up)
    return np.array([middle - MARK * across, middle + MARK * across, tip])


def _stem(place: Floats, dress: Dress) -> tuple[Strand, ...]:
    """A line down to the floor, so that the place is read."""
    if dress.floor is None or dress.dashed:
        return ()
    up, height = dress.floor
    foot = place + (height - place @ up) * up
    return (Strand(np.array([place, foot]), Ink("muted", 0.45, 1.0, True)),)


def _told(result: RigResult, number: int, second: bool) -> Thing:
    camera, known = result.cameras[number], covariance(result, number)
    std = None if known is None else np.sqrt(np.maximum(np.diag(known), 0.0))
    one = camera.intrinsics
    more = [tr("{size} px, focal length {fx:.0f} px", size=camera.size, fx=one.fx)]
    if camera.frames:
        more.append(
            tr(
                "{frames} frames, {corners:,} corners, RMS {rms_px:.3f} px",
                frames=camera.frames,
                corners=camera.corners,
                rms_px=camera.rms_px,
            )
        )
    return Thing(
        tr("{camera}, second rig", camera=camera.name) if second else camera.name, centre_of(camera), std, tuple(more)
    )


def picture_outline(camera: RigCamera, depth: float) -> Floats:
    """What bounds a camera's picture, N x 3 points of the rig's space, as far as its lens sees it."""
    rim = spanned(camera, outline(camera.size, FINE), depth)
    return np.asarray(rim[np.isfinite(rim).all(axis=1)])


def photos(result: RigResult, pictures: Mapping[int, Straightened], dress: Dress, far: float) -> Part:
    """Pictures on the pyramids' planes; that of the camera that is looked from lies behind everything, `far` away."""
    made = []
    for number, one in pictures.items():
        camera, lens = result.cameras[number], one.lens
        (high, wide), depth = one.image.shape[:2], far if number == dress.within else ON_PLANE * dress.depth
        ends = np.array([(0, 0), (wide, 0), (wide, high), (0, high)]) - 0.5
        flat = (ends - (lens.cx, lens.cy)) / (lens.fx, lens.fy) * depth
        made.append(Photo(np.column_stack([flat, np.full(4, depth)]) @ turn_of(camera) + centre_of(camera), one.image))
    return Part(photos=tuple(made))


def largest_deviations(result: RigResult) -> Floats:
    """Of each camera's place that is known with its covariance, in metres, in the direction that is known worst."""
    known = [covariance(result, number) for number in range(len(result.cameras))]
    return np.sqrt([max(float(np.linalg.eigvalsh(one)[-1]), 0.0) for one in known if one is not None])


def ellipsoids(result: RigResult, factor: float) -> Part:
    """One standard deviation of each camera's place, enlarged."""
    known = [(number, covariance(result, number)) for number in range(len(result.cameras))]
    blobs = tuple(
        Blob(
            centre_of(result.cameras[number]),
            half_axes(one, factor),
            Ink(f"series:{number}", width=1.0),
            ("camera", number),
        )
        for number, one in known
        if one is not None and np.trace(one) > 0
    )
    ends = [blob.centre + sign * blob.axes.T for blob in blobs for sign in (-1, 1)]
    return Part(blobs=blobs, extent=np.concatenate([np.zeros((0, 3)), *ends]))


def shifts(result: RigResult, other: RigResult) -> Part:
    """From each camera to the one of the same name in a second rig in the same coordinates, with how far that is."""
    places = {camera.name: centre_of(camera) for camera in result.cameras}
    lines, words = [], []
    for number, camera in enumerate(other.cameras):
        if camera.name in places:
            key, ends = ("other", number), np.array([places[camera.name], centre_of(camera)])
            lines.append(Strand(ends, Ink("text", 1.0, 2.2), key))
            words.append(
                Word(ends[1], shift_words(float(np.linalg.norm(ends[1] - ends[0]))), Ink("text"), key, weight=1)
            )
    return Part(tuple(lines), words=tuple(words))


def shift_words(metres: float) -> str:
    """'0.21 mm', '14.3 mm'."""
    return length(metres, MM, 2 if metres < 0.01 else 1)


def distances(result: RigResult) -> Part:
    """A line between every two cameras with its length."""
    places = [centre_of(camera) for camera in result.cameras]
    lines, words, things = [], [], {}
    for pair in result.pairs:
        key, ends = ("pair", pair.first, pair.second), np.array([places[pair.first], places[pair.second]])
        lines.append(Strand(ends, Ink("muted", 0.9, 1.2, True), key))
        words.append(Word(ends.mean(axis=0), distance_words(pair), Ink("text"), key))
        things[key] = _pair_told(result, pair, ends.mean(axis=0))
    return Part(tuple(lines), words=tuple(words), things=things)


def _pair_told(result: RigResult, pair: RigPair, middle: Floats) -> Thing:
    angle = tr("turned {with_std}\u00b0", with_std=with_std(pair.angle, pair.angle_std))
    shared = tr("{frames} frames in common", frames=pair.frames) if pair.frames else tr("no frame in common")
    return Thing(
        pair_name(result, pair),
        middle,
        None,
        (tr("{distance_words} apart, {angle}", distance_words=distance_words(pair), angle=angle), shared),
    )


def distance_words(pair: RigPair) -> str:
    """'412.31 \u00b1 0.24 mm'."""
    return length_words(pair.distance, pair.uncertainty)
