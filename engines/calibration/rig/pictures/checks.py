"""Refuses pictures of a rig that cannot carry a calibration, and says which camera is wrong and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from engines.calibration.rig.found import RigShot
from engines.calibration.rig.names import called
from engines.calibration.rig.pictures import mirrors
from engines.calibration.rig.pictures.tiles import Tiling
from engines.calibration.rig.types import RigSpec
from engines.calibration.targets import hints, photographs
from engines.calibration.targets.counting import spread
from engines.calibration.targets.shots import Shot
from engines.core.context import Context
from engines.core.errors import BadInput, KinoscopeError
from engines.core.frames import Size
from engines.core.words import control, tr, tr_count

_SAME = 0.35
"""Pixels (rms) that the corners of two cameras differ at most by where both show the same film."""
_SAMPLES = 4


def sizes(names: Sequence[str], shots: Sequence[RigShot]) -> tuple[Size, ...]:
    """Of each camera's pictures. Raises `BadInput` for a camera with none that can be read, or with different sizes."""
    found = []
    for camera, name in enumerate(names):
        own = [one.shot for one in shots if one.camera == camera]
        counted = Counter(shot.size for shot in own if shot.size is not None)
        if not counted:
            hint = f"{own[0].name}: {own[0].note}" if own else tr("It has no picture of any of the moments")
            raise BadInput(
                tr("None of the pictures of {called} can be read", called=called(name)), path=_path(own), hint=hint
            )
        usual = counted.most_common(1)[0][0]
        odd = next((shot for shot in own if shot.size not in (None, usual)), None)
        if odd is not None:
            raise BadInput(
                tr(
                    "The pictures of {called} have different sizes: most are {usual}, {odd} is {size}",
                    called=called(name),
                    usual=usual,
                    odd=odd.name,
                    size=odd.size,
                ),
                path=odd.path,
                hint=tr("Calibrate each resolution on its own"),
            )
        found.append(usual)
    return tuple(found)


def check_ways(names: Sequence[str], ways: Mapping[int, bool]) -> None:
    """Raises `BadInput` where some cameras' pictures are mirrored and others' are not; ways: of those that show."""
    mirrored = [camera for camera, way in ways.items() if way]
    if not mirrored or len(mirrored) == len(ways):
        return
    few = mirrored if 2 * len(mirrored) <= len(ways) else [camera for camera, way in ways.items() if not way]
    named = ", ".join(names[camera] for camera in few)
    if len(few) > 1:
        said = tr("Some cameras are mirrored: {named}", named=named)
    elif ways[few[0]]:
        said = tr("Camera {named} is mirrored and the others are not", named=named)
    else:
        said = tr("Camera {named} is not mirrored and the others are", named=named)
    raise _mirrored(said, ",".join(names[camera] for camera in few))


def _mirrored(said: str, named: str) -> BadInput:
    return BadInput(
        said,
        hint=tr(
            "Switch the mirroring off in the recorder, or flip the pictures of {cameras} with {control}",
            cameras=named,
            control=control(tr("Prepare"), f"calibrate prepare ... --flip {named}"),
        ),
    )


def check_boards(names: Sequence[str], shots: Sequence[RigShot], spec: RigSpec, ctx: Context) -> None:
    """Raises `BadInput` where a camera never shows the board, or two show one and the same picture."""
    seen = Counter(one.camera for one in shots if one.shot.detection is not None)
    blind = [camera for camera in range(len(names)) if not seen[camera]]
    if not seen:
        raise _nothing([one.shot for one in shots], spec, ctx)
    if blind:
        own = [one.shot for one in shots if one.camera == blind[0]]
        leave = _left_out(names, blind, spec)
        raise BadInput(
            tr_count(
                len(blind),
                "Camera {named} shows the board in none of its {count} pictures",
                "Cameras {named} show the board in none of their {count} pictures",
                named=_named(names, blind),
                count=len(own),
            ),
            path=_path(own),
            hint=tr_count(
                len(blind),
                "Show it the board together with another camera, or leave it out ({leave})",
                "Show them the board together with another camera, or leave them out ({leave})",
                leave=leave,
            ),
        )
    _check_different(names, shots)
    _check_unmarked(names, shots, spec)


def _check_unmarked(names: Sequence[str], shots: Sequence[RigShot], spec: RigSpec) -> None:
    pairs = mirrors.mirrored_pairs(shots, len(names), spec.board) if spec.mirror == "auto" else []
    if not pairs:
        return
    odd = mirrors.odd_one(pairs)
    first, second = (names[camera] for camera in pairs[0])
    if odd is not None:
        raise _mirrored(tr("Camera {names} is mirrored and the others are not", names=names[odd]), names[odd])
    raise _mirrored(
        tr(
            "One of the cameras {first} and {second} is mirrored: the board turns the other way in it",
            first=first,
            second=second,
        ),
        second,
    )


def _check_different(names: Sequence[str], shots: Sequence[RigShot]) -> None:
    """Two real cameras, however near, never see all corners in the very same pixels."""
    corners: list[dict[tuple[str, int], Shot]] = [{} for _ in names]
    for one in shots:
        if one.shot.detection is not None:
            corners[one.camera][one.frame, one.shot.board] = one.shot
    for first, second in combinations(range(len(names)), 2):
        shared = [(corners[first][key], corners[second][key]) for key in corners[first] if key in corners[second]]
        if shared and all(_is_same(one, two) for one, two in shared):
            raise BadInput(
                tr("The cameras {first} and {second} show the same pictures", first=names[first], second=names[second]),
                path=shared[0][1].path,
                hint=tr("Each camera needs its own recording; leave one of the two out"),
            )


def _is_same(first: Shot, second: Shot) -> bool:
    one, two = first.detection, second.detection
    if one is None or two is None:
        return False
    if first.size != second.size or not np.array_equal(one.ids, two.ids):
        return False
    return bool(np.sqrt(((one.corners - two.corners) ** 2).sum(axis=1).mean()) < _SAME)


def _nothing(shots: Sequence[Shot], spec: RigSpec, ctx: Context) -> BadInput:
    """No camera shows the board: what would fit, as the tiles on their own tell it."""
    paths = list(dict.fromkeys(shot.path for shot in shots if shot.size is not None))
    if not spec.tiles:
        return hints.no_board(paths, spec.board, ctx)
    with TemporaryDirectory() as folder:
        cut = _cut(spread(paths, _SAMPLES), Tiling.of(spec.tiles, spec.names, spec.margin), Path(folder))
        error = hints.no_board(cut, spec.board, ctx)
    return BadInput(error.message, path=paths[0], hint=error.hint, facts=error.facts)


def _cut(paths: Sequence[Path], tiling: Tiling, folder: Path) -> list[Path]:
    cut = []
    for number, path in enumerate(paths):
        try:
            tiles = tiling.cut(photographs.read(path, colour=False))
        except KinoscopeError:
            continue
        for camera, tile in enumerate(tiles):
            cut.append(folder / f"{camera}-{number}.png")
            cv2.imwrite(str(cut[-1]), tile)
    return cut


def _left_out(names: Sequence[str], blind: Sequence[int], spec: RigSpec) -> str:
    if not spec.tiles:
        return tr("give only the others' files")
    shown = [("-" if camera in blind else name) for camera, name in enumerate(names)]
    return f"--names {','.join(shown)}"


def _named(names: Sequence[str], some: Sequence[int]) -> str:
    return names[some[0]] if len(some) == 1 else ", ".join(names[camera] for camera in some)


def _path(shots: Sequence[Shot]) -> Path | None:
    return shots[0].path if shots else None
