"""Two calibrations of a rig beside each other: whatever their coordinates, what differs is measured and told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.rig.comparison import alone, compare, laid_by
from engines.calibration.rig.differences import limit
from engines.calibration.rig.places import pairs_of
from engines.calibration.rig.types import BoardPose, RigCamera, RigResult, RigView
from engines.calibration.solve.motions import Motions
from engines.calibration.types import Reason
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from engines.core.lenses import Intrinsics

INNER, LENS = Intrinsics(900.0, 905.0, 640.0, 360.0), (-0.2, 0.05, 0.0, 0.0, 0.0)
STD = {"fx": 0.5, "fy": 0.5, "cx": 0.5, "cy": 0.5}
CENTRES = np.array([[0.0, 0, 0], [1.1, 0.1, 0], [0.4, -0.3, 0.2], [-0.3, 0.2, 0.1]])
TURNS = np.array([[0.0, 0, 0], [0.1, -0.5, 0.02], [-0.2, -0.1, 0.3], [0.1, 0.4, -0.1]])


def rig(
    centres: np.ndarray = CENTRES, turns: np.ndarray = TURNS, std: float | None = 1e-4, **more: object
) -> RigResult:
    rotations = Motions.of(np.column_stack([turns, np.zeros((len(turns), 3))])).turns
    cameras = tuple(
        RigCamera("abcd"[n], Size(1280, 720), "brown5", INNER, LENS, tuple(turns[n]), tuple(-rotations[n] @ centres[n]),
                  dict(STD), (1e-3,) * 5)
        for n in range(len(centres))
    )  # fmt: skip
    angle = None if std is None else 0.01
    pairs = tuple(replace(one, distance_std=std, angle_std=angle) for one in pairs_of(cameras))
    return replace(RigResult(cameras, pairs, 0.2, "good", (), 1.0), **more)


ELSEWHERE = Motions.of(np.array([[0.3, -1.0, 0.5, 2.0, -1.0, 0.5]]))


def kinds(told, level: int = 1) -> list[str]:
    return [reason.kind for reason in told.findings if reason.level >= level]


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("about", ["", "b"])
def test_a_rig_agrees_with_itself_in_other_coordinates(count: int, about: str):
    first = rig(CENTRES[:count], TURNS[:count])
    told = compare(first, laid_by(first, ELSEWHERE), about)
    assert max(one.place_mm for one in told.cameras) < 1e-9
    assert max(one.turn_deg for one in told.cameras) < 1e-6
    assert max(one.lens.largest_px for one in told.cameras) < 1e-6
    assert (told.agree, kinds(told), told.scale_percent) == (True, [], pytest.approx(0))


def test_a_board_and_its_cameras_go_along_with_the_coordinates():
    pose = BoardPose("f", 0, (0.1, 0.2, 0.3), (0.0, 0.0, 2.0))
    first = rig(board_poses=(pose,))
    second = laid_by(first, ELSEWHERE)
    point = np.array([[0.1, 0.2, 0.0]])
    seen = []
    for result in (first, second):
        board, camera = (
            Motions.of(np.array([(*one.rvec, *one.tvec)])) for one in (result.board_poses[0], result.cameras[2])
        )
        seen.append(camera.after(board).apply(point))
    assert seen[0] == pytest.approx(seen[1])
    assert second.cameras[0].tvec != first.cameras[0].tvec


def test_one_camera_that_was_moved_is_told_from_those_that_were_not():
    centres, turns = CENTRES.copy(), TURNS.copy()
    centres[2] += (0.003, 0.0, 0.004)
    told = compare(rig(), laid_by(rig(centres), ELSEWHERE))
    assert [one.name for one in told.cameras if one.moved] == ["c"]
    assert told.cameras[2].place_mm == pytest.approx(5)
    assert max(told.cameras[n].place_mm for n in (0, 1, 3)) < 1e-9
    assert kinds(told) == ["moved"]
    assert "c has moved: 5\u00a0mm and 0.00°" in told.findings[0].words
    turns[1] += (0.0, np.radians(0.2), 0.0)
    turned = compare(rig(), rig(turns=turns))
    assert [one.name for one in turned.cameras if one.moved] == ["b"]
    assert turned.cameras[1].turn_deg == pytest.approx(0.2, rel=0.05)
    assert turned.cameras[1].place_mm < 1e-9


def test_laid_onto_one_camera_the_others_differ_by_what_that_one_turned():
    turns = TURNS.copy()
    turns[0] = (0.0, 0.001, 0.0)
    told = compare(rig(std=None), rig(turns=turns, std=None), "a")
    assert told.cameras[0].turn_deg < 1e-6
    assert told.cameras[1].place_mm == pytest.approx(1e3 * 0.001 * 1.1, rel=1e-3)
    assert (told.agree, told.about) == (True, "a")


def test_a_longer_measure_is_told_as_such():
    told = compare(rig(), rig(1.01 * CENTRES))
    assert told.scale_percent == pytest.approx(1.0)
    assert kinds(told) == ["scale"]
    assert "1 % longer" in told.findings[0].words
    one, other = told.pairs[0].distances
    assert other == pytest.approx(1.01 * one)


def test_distances_are_judged_by_their_joint_deviations():
    centres = CENTRES[:2].copy()
    centres[1, 0] += 5e-4
    told = compare(rig(CENTRES[:2], TURNS[:2]), rig(centres, TURNS[:2]))
    apart = np.linalg.norm(centres[1]) - np.linalg.norm(CENTRES[1])
    assert told.pairs[0].deviations == pytest.approx(apart / np.hypot(1e-4, 1e-4))
    spread = rig(centres, TURNS[:2])
    spread = replace(spread, pairs=(replace(spread.pairs[0], spread=1e-3),))
    assert compare(rig(CENTRES[:2], TURNS[:2]), spread).pairs[0].deviations == pytest.approx(
        apart / np.hypot(1e-4, 1e-3)
    )


def test_another_lens_is_told_in_pixels():
    first = rig()
    cameras = list(first.cameras)
    cameras[1] = replace(cameras[1], intrinsics=replace(INNER, fx=910.0))
    told = compare(first, replace(first, cameras=tuple(cameras)))
    assert told.cameras[1].deviations == pytest.approx(10 / np.hypot(0.5, 0.5))
    assert kinds(told) == ["lens"]
    assert "b differs by" in told.findings[0].words
    assert told.cameras[1].usual_px == pytest.approx(np.median(told.cameras[1].lens.difference))
    assert "fx by 14.1" in told.findings[0].words


def test_cameras_are_matched_by_name_and_by_order_where_none_is_the_same():
    first = rig()
    swapped = replace(first, cameras=first.cameras[::-1], pairs=pairs_of(first.cameras[::-1]))
    assert max(one.place_mm for one in compare(first, swapped).cameras) < 1e-9
    others = replace(first, cameras=tuple(replace(one, name=one.name.upper()) for one in first.cameras))
    told = compare(first, others)
    assert (told.by_name, told.agree) == (False, True)
    assert "by their order" in " ".join(reason.words for reason in told.findings)
    fewer = rig(CENTRES[:3], TURNS[:3])
    told = compare(first, fewer)
    assert (told.only_first, len(told.cameras), kinds(told)) == (("d",), 3, ["absent"])
    with pytest.raises(BadInput, match="fewer than two cameras in common"):
        compare(fewer, others)
    with pytest.raises(UsageError, match="no camera 'x'"):
        compare(first, first, "x")
    with pytest.raises(BadInput, match="flipped"):
        compare(first, replace(first, mirrored=True))


def test_lenses_of_another_resolution_are_scaled_and_of_another_shape_left_out():
    first = rig()
    half = Intrinsics(450.0, 452.5, 319.75, 179.75)
    cameras = (replace(first.cameras[0], size=Size(640, 360), intrinsics=half, std=dict.fromkeys(STD, 0.25)),
               replace(first.cameras[1], size=Size(640, 480)), *first.cameras[2:])  # fmt: skip
    told = compare(first, replace(first, cameras=cameras))
    assert told.cameras[0].resized
    assert told.cameras[0].lens.largest_px < 1e-6
    assert told.cameras[0].lens.parameters[0].second_std == pytest.approx(0.5)
    assert told.cameras[1].lens is None
    assert [reason.kind for reason in told.findings][:2] == ["resized", "shape"]


def test_the_more_is_judged_the_more_chance_is_allowed_for():
    assert limit(1) == 3
    assert limit(48) == pytest.approx(3.709, abs=1e-3)
    assert compare(rig(), rig()).limit == limit(2 * 6 + 4 * 9)
    centres = CENTRES[:2].copy()
    length = np.linalg.norm(centres[1])
    near = rig(centres * (1 + 3.2e-4 * np.sqrt(2) / length), TURNS[:2])
    told = compare(rig(centres, TURNS[:2]), near)
    assert told.pairs[0].deviations == pytest.approx(3.2)
    assert told.agree


def test_what_was_taken_for_granted_of_a_file_is_said():
    assumed = Reason("unit", 1, "The file does not say the unit of its lengths; they are taken as metres")
    told = compare(rig(), rig(verdict="", reasons=(assumed,)))
    assert told.agree
    assert "Of the second: the file does not say the unit" in " ".join(reason.words for reason in told.findings)
    assert compare(rig(), rig(reasons=(assumed,))).findings == compare(rig(), rig()).findings


def test_without_stated_deviations_nothing_is_judged():
    told = compare(rig(std=None), rig(CENTRES + 0.01 * np.eye(4, 3), std=None))
    assert [pair.deviations for pair in told.pairs] == [None] * 6
    assert "places" not in [reason.kind for reason in told.findings]
    cameras = tuple(replace(one, std={}, distortion_std=()) for one in rig().cameras)
    bare = replace(rig(std=None), cameras=cameras)
    assert compare(bare, bare).agree is None
    assert [reason.kind for reason in compare(bare, bare).findings] == ["unknown"]


def test_a_rigs_lens_is_compared_where_its_views_were():
    view = RigView("f", 1, "p", True, True, 0, (1,), ((3.0, 4.0),))
    told = alone(rig(views=(view, replace(view, camera=0, used=False))), 1)
    assert [one.corners for one in told.views] == [((3.0, 4.0),)]
    assert told.lens == rig().cameras[1].lens
