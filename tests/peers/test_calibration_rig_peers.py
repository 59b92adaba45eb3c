"""A rig solved by ours and by Ceres: the same optimum, with and without a robust loss."""

import pytest

from workbench.benchmarks.calibration.rig import BEND
from workbench.benchmarks.calibration.rig_ours import given, rig_of, solved
from workbench.benchmarks.calibration.rig_peers import ceres_solved
from workbench.benchmarks.calibration.rig_problem import made

pytest.importorskip("pyceres", reason="pyceres is not installed (make peers)")


@pytest.mark.parametrize(("loss", "bend"), [("linear", None), ("huber", BEND)])
def test_ours_and_ceres_end_at_the_same_rig(loss: str, bend: float | None):
    problem = made(10, wrong=0.01 if bend else 0.0)
    answer = ceres_solved(problem, bend, 100)
    ours = rig_of(solved(given(problem), loss))
    assert answer.finished
    assert answer.rig.distances == pytest.approx(ours.distances, abs=2e-5)
    assert answer.rig.cameras[:, :4] == pytest.approx(ours.cameras[:, :4], abs=0.15)
