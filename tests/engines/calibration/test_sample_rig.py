"""Automatic capture before the rendered rig: enough good, different views in time, and a camera near the truth."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.calibration.live.finder import BoardFinder
from engines.calibration.solve.adjustment import Observation
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.calibration.types import FinderSettings, Sighting
from engines.cameras.scene.motion import GLIDE, REST
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource
from engines.core.context import PlainContext
from engines.core.frames import Frame, Stamp

ENOUGH = 9


def captured(scene: Scene, camera: int, seconds: float) -> list[Sighting]:
    """What the automatic capture takes of one tile, until it is enough or the time is over."""
    finder, taken = BoardFinder(), list[Sighting]()
    finder.open(FinderSettings(scene.source.board, capture="auto"), PlainContext())
    for index in range(int(seconds * scene.source.fps)):
        image = scene.tile(scene.render(index), camera)
        sighting = finder.process([Frame(image, Stamp("rig", index, 0.0, scene.time(index)))])
        if sighting.wants_capture:
            taken.append(sighting)
        if len(taken) == ENOUGH:
            break
    return taken


@pytest.mark.parametrize(("fps", "seconds", "camera"), [(30.0, 40.0, 0), (15.0, 60.0, 3)])
def test_views_come_by_themselves_and_calibrate_the_camera(fps: float, seconds: float, camera: int):
    scene = Scene(SceneSource(fps=fps))
    views = captured(scene, camera, seconds)
    assert len(views) == ENOUGH
    times = [view.stamp.media_time for view in views]
    assert len({round(t / (REST + GLIDE)) for t in times}) == ENOUGH, "one view of each place"
    for view, t in zip(views, times, strict=True):
        away = np.linalg.norm(np.array(view.corners) - scene.corners(camera, t), axis=1)
        assert np.sqrt((away**2).mean()) < 0.25
    seen = [Observation(np.array(view.ids), np.array(view.corners)) for view in views]
    fit = fit_camera(seen, Setup(Target((scene.source.board,)), scene.source.size))
    truth = scene.truth[camera]
    assert fit.state.camera[:2] == pytest.approx([truth.fx, truth.fy], rel=5e-3)
    assert (np.abs(fit.state.camera[2:4] - [truth.cx, truth.cy]) < 3 * fit.std[2:4]).all()
    assert fit.state.camera[2:4] == pytest.approx([truth.cx, truth.cy], abs=2.0)
    assert fit.std[:4].max() < 2.0


def test_the_views_lean_both_ways_and_fill_the_picture():
    scene = Scene(SceneSource())
    poses = [scene.board_pose(place * (REST + GLIDE)) for place in range(20)]
    for camera in range(4):
        seen = [place for place in range(20) if scene.visible(camera, place * (REST + GLIDE))]
        assert len(seen) >= 16
        turned = np.array([scene.truth[camera].rotation @ cv2.Rodrigues(np.array(poses[k].rvec))[0] for k in seen])
        assert (np.percentile(turned[:, 1, 2], [10, 90]) * [-1, 1] > 0.25).all(), "top and bottom"
        assert np.ptp(np.percentile(turned[:, 0, 2], [10, 90])) > 0.6, "left and right"
        corners = np.concatenate([scene.corners(camera, place * (REST + GLIDE)) for place in seen])
        size = scene.source.size
        assert (corners.min(axis=0) < [0.18 * size.width, 0.18 * size.height]).all()
        assert (corners.max(axis=0) > [0.82 * size.width, 0.82 * size.height]).all()
