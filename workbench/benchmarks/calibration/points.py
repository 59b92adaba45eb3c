"""`main.py bench points`: are points of rendered scenes where they are said to be, as far as that is said?

A rig is calibrated from rendered pictures of its board, as a user would; then the board's corners, found in pictures of
other moments, are triangulated. The truth is the scene's. The first two cameras alone are told beside OpenCV's
`triangulatePoints` with the same rig.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from engines.calibration.rig.points.triangulation import Triangulator
from engines.calibration.rig.solving import run
from engines.calibration.rig.types import NamedPoint, RigResult, RigSpec
from engines.calibration.targets.corners import detect
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource
from engines.core.context import PlainContext
from engines.core.projection import undistort_points

Floats = NDArray[np.float64]
REST, STEP = 15, 60
"""Frames: the first in which the board rests, and from one rest to the next."""


@dataclass(frozen=True)
class Seen:
    """A moment: the corners that each camera found, and where all of them truly are in the first camera's metres."""

    points: tuple[NamedPoint, ...]
    truth: Floats


@dataclass(frozen=True)
class Study:
    """deviations: errors in stated deviations, N x 3. errors, pair, opencv: metres, of all cameras, of the first two,
    and of OpenCV's with those two."""

    deviations: Floats
    errors: Floats
    pair: Floats
    opencv: Floats
    seconds: float


def study(seed: int, frames: int, moments: int) -> Study:
    """One rig."""
    scene = Scene(SceneSource(cameras=4, seed=seed))
    rig = calibrated(scene, frames)
    triangulator, started = Triangulator(rig), 0.0
    found, pairs, theirs = list[tuple[Floats, Floats]](), list[Floats](), list[Floats]()
    for number in range(moments):
        seen = seen_at(scene, rig, REST + STEP // 3 + number * (STEP + 17))
        begun = perf_counter()
        placed = triangulator.place(seen.points)
        started += perf_counter() - begun
        off = [(np.array(one.place) - seen.truth[int(one.name)], np.array(one.std)) for one in placed.points]
        found += off
        ours, opencv = beside(triangulator, seen)
        pairs.append(ours)
        theirs.append(opencv)
    errors = np.array([error for error, _ in found])
    deviations = errors / np.array([std for _, std in found])
    return Study(deviations, errors, np.concatenate(pairs), np.concatenate(theirs), started / moments)


def calibrated(scene: Scene, frames: int) -> RigResult:
    """The scene's rig, from pictures of the resting board."""
    source = scene.source
    with TemporaryDirectory() as folder:
        for number in range(frames):
            cv2.imwrite(str(Path(folder) / f"{number:03d}.png"), scene.render(REST + number * STEP))
        names = tuple(camera.name for camera in scene.truth)
        return run(RigSpec((folder,), source.board, "2x2", names, held_out=False), PlainContext())


def seen_at(scene: Scene, rig: RigResult, index: int) -> Seen:
    """The corners in a frame. Their deviation is the rms of those that the rig was calibrated from: `noise_px` is of
    the good ones alone, and so too small for all."""
    image, board, points = scene.render(index), scene.source.board, list[NamedPoint]()
    for number, camera in enumerate(rig.cameras):
        found = detect(scene.tile(image, number), board)
        if found is not None:
            named = zip(found.ids.tolist(), found.corners.tolist(), strict=True)
            points += [NamedPoint(str(id), number, x, y, camera.rms_px / 2**0.5) for id, (x, y) in named]
    pose, first = scene.board_pose(scene.time(index)), scene.truth[0]
    return Seen(tuple(points), pose.apply(board.corners) @ first.rotation.T + np.array(first.tvec))


def beside(triangulator: Triangulator, seen: Seen) -> tuple[Floats, Floats]:
    """Errors with the first two cameras alone: ours and OpenCV's, N x 3 metres."""
    pair = [point for point in seen.points if point.camera < 2]
    placed = triangulator.place(pair).points
    both = [one.name for one in placed]
    motions = [np.column_stack([eye.turn, eye.shift]) for eye in triangulator.eyes[:2]]
    flat = [_flat(triangulator.rig, pair, both, number).T for number in (0, 1)]
    homogeneous = cv2.triangulatePoints(*motions, *flat)
    truth = seen.truth[[int(name) for name in both]]
    return np.array([one.place for one in placed]) - truth, (homogeneous[:3] / homogeneous[3]).T - truth


def _flat(rig: RigResult, points: Sequence[NamedPoint], names: Sequence[str], camera: int) -> Floats:
    places = {point.name: (point.x, point.y) for point in points if point.camera == camera}
    return undistort_points(rig.cameras[camera].lens, [places[name] for name in names])


def _rms(errors: Floats) -> float:
    """Of lengths, in millimetres."""
    return float(1000 * np.sqrt((errors**2).sum(axis=1).mean()))


def main(
    rigs: Annotated[int, typer.Option(help="Scenes, each with its own rig.", min=1)] = 20,
    frames: Annotated[int, typer.Option(help="Pictures that each rig is calibrated from.")] = 20,
    moments: Annotated[int, typer.Option(help="Moments whose corners are triangulated.")] = 9,
    seed: Annotated[int, typer.Option(help="Of the first scene.")] = 1,
) -> dict[str, Any]:
    """How many points lie within three stated deviations, and how large the errors are."""
    cv2.setNumThreads(1)
    studies = [study(seed + number, frames, moments) for number in range(rigs)]
    deviations = np.concatenate([one.deviations for one in studies])
    inside = np.abs(deviations) <= 3
    return {
        "rigs": rigs,
        "points": len(deviations),
        "within_three": float(inside.all(axis=1).mean()),
        "within_three_per_axis": float(inside.mean()),
        "standardised_rms": float(np.sqrt((deviations**2).mean())),
        "error_mm": _rms(np.concatenate([one.errors for one in studies])),
        "two_cameras_error_mm": _rms(np.concatenate([one.pair for one in studies])),
        "opencv_two_cameras_error_mm": _rms(np.concatenate([one.opencv for one in studies])),
        "milliseconds_per_moment": 1000 * float(np.median([one.seconds for one in studies])),
    }
