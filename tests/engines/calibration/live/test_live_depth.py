"""Depth of two tiles of the rendered rig, whose cameras and board are exactly known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.live.depth import DepthSettings, LiveDepth, finder_of, lean
from engines.calibration.rig.pairs.depth import DepthWish
from engines.calibration.rig.types import RigCamera, RigPair, RigResult
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource
from engines.core.context import PlainContext
from engines.core.errors import UsageError
from engines.core.frames import Frame, Size, Stamp
from engines.core.lenses import Intrinsics
from engines.core.live import Reset
from engines.core.spec import from_json, to_json

SCENE = Scene(SceneSource(cameras=2, size=Size(640, 360), noise=1.0))
TRUTH = RigResult(
    tuple(
        RigCamera(one.name, one.size, "brown5", Intrinsics(one.fx, one.fy, one.cx, one.cy), one.distortion, one.rvec,
                  one.tvec, {})
        for one in SCENE.truth
    ),
    (RigPair(0, 1, 0.2, 22.0),), 0.0, "", (), 0.0,
)  # fmt: skip
WISH = DepthWish(0.3, 1.2)


def frames(number: int = 0) -> list[Frame]:
    image = SCENE.render(number)
    return [
        Frame(np.ascontiguousarray(SCENE.tile(image, camera)), Stamp(f"scene/{camera}", number, 1.0, 0.0))
        for camera in range(2)
    ]


def test_the_rendered_board_is_as_far_as_it_is() -> None:
    engine = LiveDepth()
    engine.open(DepthSettings(lean(TRUTH), wish=WISH, share=1.0), PlainContext())
    pair = frames()
    told = engine.process(pair)
    engine.reset(Reset.GAP)
    engine.close()
    assert told.stamps == (pair[0].stamp, pair[1].stamp)
    depth = told.seen.depth
    places, known = depth.points(TRUTH)
    pose = SCENE.board_pose(SCENE.time(0))
    corners = pose.apply(SCENE.source.board.corners)
    inside = np.abs(places - corners.mean(axis=0)).max(axis=1) < 0.04
    normal = np.cross(corners[1] - corners[0], corners[9] - corners[0])
    away = (places[inside] - corners[0]) @ (normal / np.linalg.norm(normal))
    assert inside.sum() > 1000
    assert known.sum() == len(places)
    assert np.median(np.abs(away)) < 0.001
    assert (np.abs(away / depth.std[known][inside]) < 3).mean() > 0.98


def test_settings_change_between_frames_and_travel_as_json() -> None:
    settings = DepthSettings(lean(TRUTH), wish=WISH, share=0.25)
    assert from_json(DepthSettings, to_json(settings)) == settings
    engine = LiveDepth()
    engine.open(settings, PlainContext())
    assert engine.process(frames()).seen.first.shape == (90, 160, 3)
    assert engine.configure(replace(settings, share=0.5))
    assert engine.process(frames()).seen.first.shape == (180, 320, 3)
    assert engine.configure(replace(settings, first=1, second=0))
    assert finder_of(replace(settings, first=1, second=0)).how.swapped


def test_pictures_of_another_shape_are_refused() -> None:
    engine = LiveDepth()
    engine.open(DepthSettings(lean(TRUTH), wish=WISH), PlainContext())
    one, _ = frames()
    square = Frame(np.zeros((100, 100, 3), np.uint8), one.stamp)
    with pytest.raises(UsageError, match="another shape"):
        engine.process([one, square])
