"""YuNet, alignment and SFace beside OpenCV's own FaceDetectorYN and FaceRecognizerSF, on the same files."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.core.store.fetching import load_path
from engines.faces.detection.yunet import YuNet
from engines.faces.recognition import align
from engines.faces.recognition.embed import SFace


def _theirs(image: np.ndarray) -> np.ndarray:
    size = (image.shape[1], image.shape[0])
    detector = cv2.FaceDetectorYN.create(str(load_path("yunet")), "", size, 0.6, 0.3)
    return detector.detect(image)[1]


@pytest.fixture(params=["group", "portrait"])
def photo(request, weights) -> np.ndarray:
    weights("yunet", "sface")
    return cv2.imread(str(request.getfixturevalue(request.param)))


def test_the_same_faces(photo: np.ndarray):
    ours, theirs = YuNet().detect(photo), _theirs(photo)
    theirs = theirs[np.argsort(-theirs[:, 14], kind="stable")]
    np.testing.assert_allclose(ours.scores, theirs[:, 14], atol=1e-4)
    np.testing.assert_allclose(ours.boxes, theirs[:, :4], atol=0.05)
    np.testing.assert_allclose(ours.points.reshape(-1, 10), theirs[:, 4:14], atol=0.05)


def test_the_same_crops_and_the_same_vectors(photo: np.ndarray):
    recogniser = cv2.FaceRecognizerSF.create(str(load_path("sface")), "")
    rows = _theirs(photo)
    theirs = np.stack([recogniser.alignCrop(photo, row) for row in rows])
    ours = align.crops(photo, rows[:, 4:14].reshape(-1, 5, 2))
    assert np.abs(ours.astype(int) - theirs).mean() < 0.5
    vectors = np.concatenate([recogniser.feature(crop) for crop in theirs])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(SFace().embed(theirs), vectors, atol=2e-6)
    assert ((SFace().embed(ours) * vectors).sum(axis=1) > 0.995).all()
