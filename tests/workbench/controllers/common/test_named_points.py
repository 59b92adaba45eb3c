"""Results of live engines as named points: of bodies, faces and boards."""

from __future__ import annotations

import pytest

from engines.actions.types import POSE_NAMES, BodyPose, Watched
from engines.calibration.types import Sighting
from engines.core.frames import Size, Stamp
from engines.core.sightings import SeenPoint
from engines.faces.types import POINT_NAMES, Box, Recognition, TrackedFace
from workbench.controllers.actions import points as bodies
from workbench.controllers.calibration import points as boards
from workbench.controllers.faces import points as faces

STAMP, SIZE = Stamp("rig/left", 3, 1.0, 1.0), Size(640, 360)


def test_a_body_is_the_points_that_can_be_seen_less_sure_where_hardly() -> None:
    visible = (1.0, 0.5, *[0.2] * 31)
    pose = BodyPose(tuple((float(at), 2.0) for at in range(33)), visible, (300, 200, 200, 0), 0.9)
    seen = bodies.seen(Watched(STAMP, SIZE, poses=(pose,)))
    (body,) = seen.subjects
    assert seen.stamp == STAMP
    assert body.points == (
        SeenPoint("nose", 0.0, 2.0, pytest.approx(2.4)),
        SeenPoint("left eye inner", 1.0, 2.0, pytest.approx(4.8)),
    )
    assert ("left shoulder", "left elbow") in body.bones
    assert {name for bone in body.bones for name in bone} <= set(POSE_NAMES)


def test_a_face_is_five_points_where_it_was_found_in_this_frame() -> None:
    five = tuple((float(at), 1.0) for at in range(5))
    found = TrackedFace(7, Box(0, 0, 40, 50), five, 0.9, 0.9)
    lost = TrackedFace(8, Box(0, 0, 40, 50), five, 0.9, 0.9, seen=False)
    seen = faces.seen(Recognition(STAMP, SIZE, (found, lost)))
    assert [one.key for one in seen.subjects] == ["7"]
    assert [point.name for point in seen.subjects[0].points] == list(POINT_NAMES)
    assert seen.subjects[0].points[2].sigma == 1.0


def test_a_boards_corners_are_where_the_camera_saw_them() -> None:
    found = Sighting(STAMP, SIZE, True, (0, 5), ((10.0, 20.0), (30.0, 40.0)), coverage=(0,) * 48)
    (board,) = boards.seen(found).subjects
    assert [(point.name, point.x) for point in board.points] == [("corner 0", 10.0), ("corner 5", 30.0)]
    flipped = Sighting(STAMP, SIZE, True, (0,), ((10.0, 20.0),), coverage=(0,) * 48, mirrored=True)
    assert boards.seen(flipped).subjects[0].points[0].x == 629.0
    assert boards.seen(Sighting(STAMP, SIZE, False)).subjects == ()
