"""The sample clip: it can be played, and the face is where the camera's path says."""

from __future__ import annotations

import av
import numpy as np

from engines.faces import sample
from engines.faces.detection.yunet import YuNet


def test_the_clip_is_a_whole_film(weights, tmp_path) -> None:
    weights("astronaut")
    path = sample.portrait_clip(tmp_path)
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height) == (sample.SIZE.width, sample.SIZE.height)
        assert sum(1 for _ in film.decode(stream)) == sample.RATE * sample.SECONDS
    written = path.stat().st_mtime_ns
    assert sample.portrait_clip(tmp_path).stat().st_mtime_ns == written


def test_the_face_moves_along_the_known_path(weights) -> None:
    weights("astronaut", "yunet")
    detector = YuNet()
    found = {}
    for index, image in enumerate(sample.frames()):
        if index % 40 == 0:
            found[index / sample.RATE] = detector.detect(image).points[0].astype(float)
    first = sample.camera(0.0)
    back = np.linalg.inv(first[:, :2])
    portrait = (found[0.0] - first[:, 2]) @ back.T
    for seconds, points in found.items():
        matrix = sample.camera(seconds)
        expected = portrait @ matrix[:, :2].T + matrix[:, 2]
        assert np.abs(points - expected).max() < 8, seconds
