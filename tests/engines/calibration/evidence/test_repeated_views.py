"""Copies of views, and single corners that are left out: through the job, from what was found to the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.calibration.evidence.twins import twin_distance, twins
from engines.calibration.mono import calibrated
from engines.calibration.solve.adjustment import Observation
from engines.calibration.targets.detection import Detection
from engines.calibration.targets.photographs import Shot
from engines.calibration.types import MonoResult, MonoSpec
from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError
from tests.engines.calibration import known_scene as known


def shots(seen: Sequence[Observation], name: str = "view") -> list[Shot]:
    return [
        Shot(f"{name} {number}.png", Path("none.png"), known.SIZE, Detection(view.ids, view.corners, 5))
        for number, view in enumerate(seen)
    ]


def solved(found: Sequence[Shot], **spec: object) -> MonoResult:
    return calibrated(MonoSpec((), known.CHESSBOARD, leave_one_out=False, **spec), found, PlainContext())  # type: ignore[arg-type]


def saved_anew(seen: Sequence[Observation], noise: float, seed: int) -> list[Observation]:
    rng = np.random.default_rng(seed)
    return [replace(view, corners=view.corners + rng.normal(0, noise, view.corners.shape)) for view in seen]


def test_twenty_copies_of_five_views_are_five_views():
    five = known.views(known.Scene(), 5)
    alone = solved(shots(five))
    copies = [shot for copy in (1, 2, 3) for shot in shots(saved_anew(five, 0.03, copy), f"copy {copy}")]
    many = solved([*shots(five), *copies])
    assert many.std == pytest.approx(alone.std, rel=0.1)
    assert many.verdict == alone.verdict
    assert [view.twin_of for view in many.views] == [""] * 5 + [f"view {number}.png" for number in range(5)] * 3
    assert [view.used for view in many.views] == [True] * 5 + [False] * 15
    assert "the same view as view 0.png" in many.views[5].note
    (reason,) = (reason for reason in many.reasons if reason.kind == "duplicate")
    assert "15 views repeat others" in reason.words


def test_frames_of_a_still_film_are_one_view_and_a_hand_that_moves_gives_several():
    (view,) = known.views(known.Scene(), 1, noise=0.3)
    still = saved_anew([view] * 2, 0.3, 1)
    moved = replace(view, corners=view.corners + (1.5, 1.0))
    assert twins([*still, moved], twin_distance(known.SIZE)) == {}
    assert twins([*still, moved], twin_distance(known.SIZE, rms=0.42)) == {1: 0}
    assert twins([view, view, moved], twin_distance(known.SIZE, rms=20.0)) == {1: 0}


def test_the_next_copy_is_used_where_the_first_is_switched_off():
    seen = known.views(known.Scene(), 6)
    result = solved([*shots(seen), *shots(seen[:1], "copy")], exclude=("view 0.png",))
    assert [view.used for view in result.views] == [False, *[True] * 6]
    assert not any(view.twin_of for view in result.views)


def test_copies_of_two_views_are_too_few():
    with pytest.raises(BadInput, match="8 of them repeat another and 2 are used"):
        solved(shots(known.views(known.Scene(), 2) * 5))


def test_a_corner_that_is_dropped_is_no_part_of_the_fit():
    seen = known.views(known.Scene(), 8)
    truth = solved(shots(seen))
    seen[2].corners[53] += (17, 0)
    result = solved(shots(seen), drop=("view 2.png#53",))
    assert result.rms_px == pytest.approx(truth.rms_px, rel=0.02)
    assert result.views[2].dropped == (53,)
    assert 53 not in result.views[2].ids
    assert len(result.views[2].weights) == len(result.views[2].ids) == 53


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("view 9.png#3", "no view"),
        ("view 1.png#54", "no corner '54'"),
        ("view 1.png#x", "no corner 'x'"),
        ("3", "no view"),
    ],
)
def test_a_corner_that_is_not_there_cannot_be_dropped(word: str, said: str):
    with pytest.raises(UsageError, match=said) as caught:
        solved(shots(known.views(known.Scene(), 4)), drop=(word,))
    assert caught.value.hint
