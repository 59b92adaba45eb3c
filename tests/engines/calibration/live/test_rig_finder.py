"""The live finder of a rig on the rendered cameras: sets by themselves, turns, guidance, and what makes it refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.live.rig_finder import RigFinder, capture_of
from engines.calibration.live.rig_types import RigFinderSettings, RigSighting
from engines.core.context import PlainContext
from engines.core.errors import UsageError
from engines.core.live import Reset
from engines.core.spec import from_json, to_json
from tests.engines.calibration.live import rendered_rig as rig


def opened(**values: object) -> RigFinder:
    finder = RigFinder()
    finder.open(rig.settings(**values), PlainContext())
    return finder


def test_sets_come_by_themselves_one_at_each_place_with_all_corners_of_one_moment():
    finder = opened(capture="auto")
    seen = [finder.process(rig.moment(index)) for index in range(3 * rig.PLACE)]
    taken = [one for one in seen if one.wants_capture]
    assert [one.stamp.index // rig.PLACE for one in taken] == [0, 1, 2]
    assert [one.captured for one in taken] == [1, 2, 3]
    for one in taken:
        index = one.stamp.index
        assert {sighting.stamp.index for sighting in one.cameras} == {index}
        for number in one.useful:
            found = np.array(one.cameras[number].corners)
            true = rig.scene().corners(number, rig.scene().time(index))
            assert np.sqrt(((found - true) ** 2).sum(axis=1).mean()) < 0.25
    shared = {(pair.first, pair.second): pair.shared for pair in seen[-1].pairs}
    assert shared[0, 1] == sum({0, 1} <= set(one.useful) for one in taken)
    assert taken[-1].guidance == (
        "front left and front right share 3 views, 8 are needed: hold the board where both see it"
    )
    assert from_json(RigSighting, to_json(seen[-1])) == seen[-1]


def test_pictures_without_a_board_are_searched_in_fair_turns_and_followed_ones_each_time():
    finder = opened()
    looks = [finder.process(rig.moment(0, blank=(0, 1, 2, 3))).looked for _ in range(6)]
    assert all(len(one) == 2 for one in looks)
    assert all(sum(number in one for one in looks) == 3 for number in range(4))
    finder.process(rig.moment(0, blank=(2, 3)))
    finder.process(rig.moment(0, blank=(2, 3)))
    followed = [finder.process(rig.moment(0, blank=(1, 2, 3))).looked for _ in range(5)]
    assert all(0 in one and len(one) == 3 for one in followed[-2:])


def test_when_the_board_comes_to_rest_all_pictures_of_that_moment_are_searched():
    finder = opened(capture="auto")
    for index in (0, 1):
        finder.process(rig.moment(index, blank=(1, 2, 3)))
    last = finder.process(rig.moment(2))
    assert last.looked == (0, 1, 2, 3)


def test_no_set_is_taken_of_a_board_that_moves():
    finder = opened(capture="auto")
    moving = [index for index in range(rig.PLACE) if index % rig.PLACE > rig.FPS]
    for index in (0, 1, *moving):
        assert not finder.process(rig.moment(index)).wants_capture


def test_what_is_known_of_the_rig_gives_a_place_to_go_to_in_both_pictures():
    sizes = [camera.size for camera in rig.scene().truth]
    taken = rig.settings(captured=rig.taken(3))
    finder = RigFinder()
    finder.open(taken, PlainContext())
    told = [finder.process(rig.moment(2 * rig.PLACE)) for _ in range(2)][-1]
    assert told.target is not None
    assert told.target.cameras == told.asked
    for number in told.asked:
        outline, size = np.array(told.target.outline(number)), sizes[number]
        assert ((outline > 0) & (outline < [size.width, size.height])).all()
    assert all(pair.distance is not None and pair.std is not None for pair in told.pairs)


def test_sets_taken_by_hand_or_discarded_count_in_what_is_lacking():
    finder = opened()
    finder.process(rig.moment(0))
    two = rig.taken(2)
    assert finder.configure(rig.settings(captured=two))
    assert {pair.shared for pair in finder.process(rig.moment(0)).pairs} == {2}
    assert finder.configure(rig.settings(captured=two[1:]))
    assert {pair.shared for pair in finder.process(rig.moment(0)).pairs} == {1}
    assert not finder.configure(replace(rig.settings(), cameras=("one", "other")))


def test_a_capture_by_hand_is_what_the_automatic_one_would_take():
    finder = opened()
    last = [finder.process(rig.moment(index)) for index in range(3)][-1]
    capture = capture_of(last.cameras, last.useful)
    assert last.useful
    assert all((sight is not None) == (number in last.useful) for number, sight in enumerate(capture.sights))
    assert from_json(RigFinderSettings, to_json(rig.settings(captured=(capture,)))).captured == (capture,)


def test_a_rig_of_one_camera_and_sets_of_other_cameras_are_refused():
    with pytest.raises(UsageError, match="two cameras"):
        RigFinder().open(replace(rig.settings(), cameras=("one",)), PlainContext())
    finder = opened()
    with pytest.raises(UsageError, match="3 pictures are given for 4 cameras"):
        finder.process(rig.moment(0)[:3])
    finder.reset(Reset.SEEK)
    finder.close()
