"""The logistic regression on single chunks: scikit-learn's own, standardised, from what came before alone."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from engines.actions.evaluation.job import read_truth, run
from engines.actions.evaluation.one_frame import beside_model, single_chunks
from engines.actions.features.recipes import recipe_for
from engines.actions.labels.score_files import Scores
from engines.actions.study_types import EvaluateSpec
from engines.core.context import PlainContext
from engines.core.errors import BadInput, UsageError


def test_it_is_scikit_learns_with_a_place_for_every_class():
    rng = np.random.default_rng(4)
    classes = rng.choice([-1, 0, 2, 3], 90)
    features = rng.normal(size=(90, 5)) * [1, 10, 0.1, 3, 0] + np.maximum(classes, 0)[:, None]
    asked = rng.normal(size=(20, 5))
    told = single_chunks(features, classes, 5, asked)
    known = classes >= 0
    theirs = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(features[known], classes[known])
    np.testing.assert_allclose(told[:, [0, 2, 3]], theirs.predict_proba(asked), atol=1e-8)
    assert (told[:, [1, 4]] == 0).all()


def test_one_class_is_not_enough():
    with pytest.raises(BadInput, match="two classes"):
        single_chunks(np.zeros((4, 2)), [1, 1, -1, 1], 3, np.zeros((1, 2)))


def test_the_real_clip_is_nearly_told_by_single_frames(data, weights):
    """As its notes say: the camera and the place are the same in training and test, so time is hardly needed."""
    weights("efficientnet-lite0")
    folder = data / "actions" / "exercise"
    names = ("background", "lunge_right", "lunge_left_arm_up", "lunge_right_arm_up", "arms_crossed_chest", "arms_out")
    frames = np.arange(96, 135)
    scores = Scores((*names, "lunge_left"), frames, frames / 10, np.full((39, 7), 1 / 7))
    truth = read_truth(folder / "labels.csv", scores)
    clip, labels = str(folder / "exercise.avi"), str(folder / "labels.csv")
    found = beside_model(clip, labels, recipe_for("appearance", 10.0), scores, truth, PlainContext())
    assert found is not None
    assert 0.85 < found <= 1.0


def test_without_a_model_or_a_video_there_are_no_features(tmp_path):
    from engines.actions.labels.score_files import write_scores

    frames = np.arange(191, 371)
    write_scores(tmp_path / "s.csv", Scores(("background", "arms_out"), frames, frames / 10, np.full((180, 2), 0.5)))
    (tmp_path / "l.csv").write_text("start_frame,end_frame,action\n200,210,arms_out\n")
    spec = EvaluateSpec((str(tmp_path / "s.csv"),), str(tmp_path / "l.csv"), one_frame=True)
    with pytest.raises(UsageError, match="needs the model and the video"):
        run(spec, PlainContext())
