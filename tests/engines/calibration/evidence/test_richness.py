"""Terms of a lens model that nothing needs are named; those that the lens has are not."""

from __future__ import annotations

import pytest

from engines.calibration.evidence.richness import unneeded_terms
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.calibration.types import Remedy
from engines.core.lenses import ModelName
from tests.engines.calibration import known_scene as known


def told(model: ModelName, lens: tuple[float, ...], noise: float = 0.1) -> list[tuple[str, int]]:
    setup = Setup(Target((known.CHESSBOARD,)), known.SIZE, model, fix=("s1",) if model == "thinprism12" else ())
    views = known.views(known.Scene(lens=lens), 12, noise)
    reasons = list(unneeded_terms(fit_camera(views, setup), views, setup))
    assert all(reason.remedy == Remedy("use_model", "brown5") for reason in reasons)
    return [(reason.kind, reason.level) for reason in reasons]


@pytest.mark.parametrize(("model", "level"), [("rational8", 0), ("thinprism12", 1), ("tilted14", 1)])
def test_a_model_that_is_richer_than_the_lens_is_named(model: ModelName, level: int):
    assert told(model, known.BROWN) == [("rich-lens", level)]


def test_terms_that_the_lens_has_are_not():
    assert told("rational8", known.RATIONAL, noise=0.001) == []
    assert told("brown5", known.BROWN) == []
