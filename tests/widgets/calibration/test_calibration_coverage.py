"""The coverage of a picture: what the map shows, what is said beside it, and what the verdict says."""

from __future__ import annotations

import numpy as np
import pytest

from engines.calibration.quality import covered, judged
from engines.calibration.types import MonoResult, ViewResult
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from widgets.calibration.state import coverage_of, coverage_words

SIZE = Size(640, 480)


def result_of(views: tuple[ViewResult, ...]) -> MonoResult:
    camera, std = Intrinsics(530.0, 532.0, 318.0, 242.0), {"fx": 0.4, "fy": 0.4}
    return MonoResult("brown5", SIZE, camera, std, (0.0,) * 5, (), 0.1, None, views, "", (), 1.0, None)


@pytest.mark.parametrize("seed", range(8))
def test_the_verdict_and_the_map_say_the_same_of_the_coverage(seed: int) -> None:
    """Also for corners on the border between two cells, which lies half a pixel before a whole coordinate."""
    rng = np.random.default_rng(seed)
    spread = (rng.integers(0, [641, 481], (14, 20 + 10 * seed, 2)) - 0.5) // (1 + seed % 3) - 0.5 * (seed % 2)
    views = tuple(
        ViewResult(str(number), str(number), True, number % 4 != 0, 0.1, corners=tuple(map(tuple, corners.tolist())))
        for number, corners in enumerate(spread)
    )
    drawn = coverage_of((view.corners, SIZE) for view in views if view.used)
    touched = sum(count > 0 for count in drawn)
    advice = judged(result_of(views)).advice
    assert coverage_words(drawn).startswith(f"Views touch {touched} of 48 parts of the picture.")
    assert covered(views, SIZE) == touched / 48
    assert all(f"{touched} of 48 parts" in sentence for sentence in advice if "parts" in sentence)
    assert not any("cover the picture" in sentence for sentence in advice)
