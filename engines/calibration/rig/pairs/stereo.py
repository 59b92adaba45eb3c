"""The job "calibrate a pair": pictures of two cameras in, both cameras and how they are rectified out.

A pair is a rig of two; what is added is what one rectifies for: how far rows are apart, and epipolar lines.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig import solving
from engines.calibration.rig.pairs.epipolar import agreement
from engines.calibration.rig.pairs.rectification import check_alpha, rectify
from engines.calibration.rig.places import between
from engines.calibration.rig.types import RigResult, StereoResult, StereoSpec
from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.words import tr

NAMES = ("left", "right")


def run(spec: StereoSpec, ctx: Context) -> StereoResult:
    """Calibrate both, jointly. Raises as `solving.run` and `rectify` do."""
    if not spec.left or not spec.right:
        raise UsageError(tr("A pair needs pictures of both cameras"), hint=tr("Give the left and the right ones"))
    check_alpha(spec.alpha)
    started = perf_counter()
    rig = replace(spec.rig, paths=(), lists=(spec.left, spec.right), names=NAMES, tiles="")
    return replace(paired(solving.run(rig, ctx), 0, 1, spec.alpha), seconds=perf_counter() - started)


def paired(result: RigResult, first: int, second: int, alpha: float = -1.0) -> StereoResult:
    """Any two cameras of a solved rig as a pair. Raises as `rectify` does."""
    step = between(result.cameras[first], result.cameras[second])
    how, agreed = rectify(result, first, second, alpha), agreement(result, first, second)
    return StereoResult(
        rig=result,
        rectification=how,
        baseline_m=step.baseline,
        rotation_deg=step.degrees,
        rectified_dy_rms_px=_rms(agreed.dy),
        rectified_dy_max_px=float(np.abs(agreed.dy).max(initial=0.0)),
        epipolar_px=_rms(agreed.epipolar),
        seconds=result.seconds,
        corners=len(agreed.dy),
    )


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(values**2))) if len(values) else 0.0
