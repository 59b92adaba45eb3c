"""What is held out: whole segments at the end of every clip, as near to the asked share as that allows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engines.actions.training.examples import cut, split
from engines.actions.training.standard import Standard
from engines.actions.training.windows import Stretch

RUNS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12)), min_size=1, max_size=12)


def stretch(runs: list[tuple[int, int]]) -> Stretch:
    classes = np.concatenate([np.full(size, kind) for kind, size in runs])
    features = np.arange(classes.size, dtype=np.float32)[:, None]
    return Stretch(features, np.eye(4, dtype=np.float32)[classes], "clip")


@given(RUNS, st.floats(0.05, 0.9))
def test_the_cut_goes_through_no_segment_and_is_the_nearest_such_place(
    runs: list[tuple[int, int]], share: float
) -> None:
    one = stretch(runs)
    classes = one.targets.argmax(axis=1)
    allowed = [place for place in range(1, len(one)) if classes[place] != classes[place - 1] or not classes[place]]
    place = cut(one.targets, share)
    if not allowed:
        assert place is None
        return
    assert place in allowed
    aim = (1 - share) * len(one)
    assert abs(place - aim) == min(abs(each - aim) for each in allowed)


@given(RUNS, st.floats(0.05, 0.9), st.integers(0, 20))
def test_learned_and_held_out_are_the_clip_and_the_head_is_warmed_up(
    runs: list[tuple[int, int]], share: float, warm: int
) -> None:
    one = stretch(runs)
    train, held, advice = split([one], share, warm)
    if not held:
        assert len(train[0]) == len(one)
        assert len(advice) == 1
        return
    ((part,), (end,)) = train, held
    counted = end.whole.part(end.begin)
    assert np.concatenate([part.features, counted.features])[:, 0].tolist() == list(range(len(one)))
    assert end.begin == min(warm, len(part))
    assert counted.targets[:, 1:].any()


def test_features_that_hardly_varied_do_not_drown_the_others() -> None:
    from engines.actions.training.examples import Examples
    from engines.actions.types import Recipe

    rng = np.random.default_rng(0)
    features = rng.normal(0, (1, 2, 0, 1e-6, 50, 70), (500, 6)).astype(np.float32)
    rows = Stretch(features, np.eye(2, dtype=np.float32)[rng.integers(0, 2, 500)])
    recipe = Recipe(("appearance", "motion"), (4, 2))
    standard = Standard.of(Examples(("background", "a"), recipe, (rows,)))
    assert np.allclose(standard.deviation[[0, 1, 4, 5]], features.std(axis=0)[[0, 1, 4, 5]])
    varied = features.std(axis=0)[[0, 1, 3]]
    assert np.allclose(standard.deviation[2:4], 0.1 * np.median(varied))
    nothing = Stretch(np.ones((9, 6), np.float32), rows.targets[:9])
    assert (Standard.of(Examples(("background", "a"), recipe, (nothing,))).deviation == 1).all()
