"""Held and tied parameters: they stay where they are, have no deviation, and the rest is OpenCV's own optimum."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.errors import UsageError
from engines.core.lenses import ModelName
from tests.engines.calibration import known_scene as known

W, H = known.SIZE.width, known.SIZE.height


def setup(*fix: str, model: ModelName = "brown5") -> Setup:
    return Setup(Target((known.CHESSBOARD,)), known.SIZE, model, fix=fix)


@pytest.mark.parametrize(
    ("fix", "flags"),
    [
        (("k3",), cv2.CALIB_FIX_K3),
        (("tangential", "k3"), cv2.CALIB_ZERO_TANGENT_DIST | cv2.CALIB_FIX_K3),
        (("principal",), cv2.CALIB_FIX_PRINCIPAL_POINT),
        (("aspect",), cv2.CALIB_FIX_ASPECT_RATIO),
        (("aspect", "principal", "tangential", "k3"), cv2.CALIB_FIX_ASPECT_RATIO | cv2.CALIB_FIX_PRINCIPAL_POINT
         | cv2.CALIB_ZERO_TANGENT_DIST | cv2.CALIB_FIX_K3),
    ],
)  # fmt: skip
def test_a_fit_with_held_parameters_is_opencvs(fix: tuple[str, ...], flags: int):
    views = known.views(known.Scene(), 8)
    fit = fit_camera(views, setup(*fix))
    world = [known.CHESSBOARD.corners[view.ids].astype(np.float32) for view in views]
    image = [view.corners.astype(np.float32).reshape(-1, 1, 2) for view in views]
    guess = np.array([[500.0, 0, (W - 1) / 2], [0, 500.0, (H - 1) / 2], [0, 0, 1]])
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 200, 1e-14)
    flags |= cv2.CALIB_USE_INTRINSIC_GUESS
    rms, k, d, *_ = cv2.calibrateCamera(world, image, (W, H), guess, np.zeros(5), flags=flags, criteria=stop)
    assert fit.rms == pytest.approx(rms, rel=1e-5)
    assert fit.state.camera[:4] == pytest.approx([k[0, 0], k[1, 1], k[0, 2], k[1, 2]], abs=1e-2)
    assert fit.parameters == 48 + 9 - sum({"k3": 1, "aspect": 1}.get(word, 2) for word in fix)


def test_what_is_held_has_no_deviation_and_what_is_tied_has_one():
    fit = fit_camera(known.views(known.Scene(), 8), setup("k3=-0.01", "fx=534", "p1"))
    names = ["fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2", "k3"]
    assert {name for name, std in zip(names, fit.std, strict=True) if std == 0} == {"fx", "p1", "k3"}
    assert fit.state.camera[[0, 6, 8]].tolist() == [534.0, 0.0, -0.01]
    tied = fit_camera(known.views(known.Scene(), 8), setup("aspect"))
    assert tied.state.camera[0] == tied.state.camera[1]
    assert tied.std[0] == pytest.approx(tied.std[1], rel=1e-12)
    both = fit_camera(known.views(known.Scene(), 8), setup("aspect", "fy=540"))
    assert both.state.camera[:2].tolist() == [540.0, 540.0]
    assert both.std[:2].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("fix", "model", "words"),
    [
        (("k9",), "brown5", "'k9' cannot be held"),
        (("fx",), "brown5", "'fx' needs a value"),
        (("k3=much",), "brown5", "'k3=much' does not say a number"),
        (("k3=nan",), "brown5", "does not say a number"),
        (("tangential",), "fisheye4", "'tangential' cannot be held"),
        (("aspect", "fx=500", "fy=501"), "brown5", "cannot be equal"),
        (("fx=0",), "brown5", "'fx=0' is no focal length"),
        (("k3", "k3=1"), "brown5", "k3 cannot be held at two values"),
    ],
)
def test_what_cannot_be_held_is_refused(fix: tuple[str, ...], model: ModelName, words: str):
    with pytest.raises(UsageError, match=words):
        _ = setup(*fix, model=model).freedom
