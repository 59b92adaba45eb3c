"""YuNet, the detector, in onnxruntime at any size of picture.

Wu, Peng, Yu: YuNet: a tiny millisecond-level face detector, Machine Intelligence Research 20 (2023). One network pass;
boxes, five points and two scores for every cell of three grids (strides 8, 16, 32); overlaps are suppressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.core.store.fetching import load_path
from engines.faces.recognition.networks import open_network
from engines.faces.types import Box, Face, FivePoints

Floats = NDArray[np.float32]
STRIDES = (8, 16, 32)
OVERLAP = 0.3
"""Two boxes that share more than this part of their union are one face."""


@dataclass(frozen=True, slots=True)
class Detections:
    """n faces, best first. boxes: n x 4 (x, y, width, height); points: n x 5 x 2; scores: n. Pixels of the picture."""

    boxes: Floats
    points: Floats
    scores: Floats

    def __len__(self) -> int:
        return len(self.scores)

    def faces(self) -> tuple[Face, ...]:
        """The same as plain values."""
        return tuple(
            Face(Box(*map(float, box)), as_points(points), float(score))
            for box, points, score in zip(self.boxes, self.points, self.scores, strict=True)
        )

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Detections:
        return Detections(self.boxes[which], self.points[which], self.scores[which])

    @staticmethod
    def none() -> Detections:
        return Detections(np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32))


class Detector(Protocol):
    """Finds faces in a BGR picture. Costs the same for every picture of a size."""

    def detect(self, image: Image, *, score: float = 0.6) -> Detections:
        """Faces whose score is `score` or more."""
        ...


class YuNet:
    """The detector of the OpenCV zoo. Raises `FileMissing` when its file was not fetched."""

    def __init__(self, threads: int = 1) -> None:
        self._network = open_network(load_path("yunet"), threads=threads, any_size=True)
        self._names = [f"{kind}_{stride}" for stride in STRIDES for kind in ("cls", "obj", "bbox", "kps")]

    def detect(self, image: Image, *, score: float = 0.6) -> Detections:
        """`Detector.detect`. The picture is padded below and right to a multiple of 32."""
        height, width = image.shape[:2]
        padded = cv2.copyMakeBorder(image, 0, -height % 32, 0, -width % 32, cv2.BORDER_CONSTANT)
        data = cv2.dnn.blobFromImage(padded)
        outputs = self._network.run(self._names, {"input": data})
        columns = padded.shape[1]
        found = [_decode(outputs[4 * k : 4 * k + 4], stride, columns, score) for k, stride in enumerate(STRIDES)]
        return suppress(_join(found))


def suppress(found: Detections, overlap: float = OVERLAP) -> Detections:
    """Keep the best of those that overlap by more than `overlap` of their union; best first."""
    if not len(found):
        return found
    keep = cv2.dnn.NMSBoxes(found.boxes.tolist(), found.scores.tolist(), 0.0, overlap)
    return found.take(np.asarray(keep, dtype=np.intp).reshape(-1))


def as_points(points: Floats) -> FivePoints:
    """5 x 2 numbers as plain values."""
    a, b, c, d, e = ((float(x), float(y)) for x, y in points)
    return a, b, c, d, e


def _decode(outputs: list[Floats], stride: int, width: int, least: float) -> Detections:
    classes, objects, boxes, points = (output[0] for output in outputs)
    scores = np.sqrt(np.clip(classes[:, 0], 0, 1) * np.clip(objects[:, 0], 0, 1))
    which = np.flatnonzero(scores >= least)
    rows, columns = np.divmod(which, width // stride)
    cells = np.stack([columns, rows], axis=1).astype(np.float32)
    centres = (cells + boxes[which, :2]) * stride
    sizes = np.exp(boxes[which, 2:]) * stride
    corners = points[which].reshape(-1, 5, 2) + cells[:, None]
    return Detections(np.hstack([centres - sizes / 2, sizes]), corners * stride, scores[which])


def _join(parts: list[Detections]) -> Detections:
    return Detections(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )
