"""A second detector: BlazeFace, full range, of MediaPipe in LiteRT. It always sees 192 x 192 pixels.

Bazarevsky et al.: BlazeFace: sub-millisecond neural face detection on mobile GPUs (2019). Its six points are the eyes,
the tip of the nose, the middle of the mouth and the ears. The corners of the mouth are not among them: they are put
beside the middle of the mouth, along the line of the eyes and as far apart as in the mean face of the alignment, a
little above it: its middle of the mouth lies on the lower lip.
"""

from __future__ import annotations

from threading import Lock

import cv2
import numpy as np

from engines.core.frames import Image
from engines.core.processor import most_threads
from engines.core.store.fetching import load_path
from engines.faces.detection.pyramid import Reach
from engines.faces.detection.yunet import Detections, Floats, suppress
from engines.faces.recognition.align import TEMPLATE

SIDE = 192
GRID = 48
REACH = Reach(least=14, most=170, side=SIDE, tile=SIDE, whole=SIDE * SIDE, fixed=True)
HALF_MOUTH = float((TEMPLATE[4, 0] - TEMPLATE[3, 0]) / (TEMPLATE[1, 0] - TEMPLATE[0, 0]) / 2)
"""Half the width of a mouth in distances between the eyes."""
LIFT = 0.1
"""How far the corners of the mouth lie above its middle point, in the same unit (median over photographs)."""


class BlazeFace:
    """`Detector`. A LiteRT interpreter serves one call at a time, so calls from several threads wait for one another.

    Raises `FileMissing` when its file was not fetched.
    """

    def __init__(self, threads: int = 1) -> None:
        from ai_edge_litert.interpreter import Interpreter

        path = str(load_path("blazeface-full"))
        self._network = Interpreter(model_path=path, num_threads=max(min(threads, most_threads()), 1))
        self._network.allocate_tensors()
        self._input = self._network.get_input_details()[0]["index"]
        outputs = {int(one["shape"][-1]): one["index"] for one in self._network.get_output_details()}
        self._values, self._logits = outputs[16], outputs[1]
        self._turn = Lock()

    def detect(self, image: Image, *, score: float = 0.6) -> Detections:
        """`Detector.detect`. The picture is brought to 192 pixels and padded on both sides."""
        scale = SIDE / max(image.shape[:2])
        data, left, top = _letterbox(image, scale)
        values, logits = self._run(data)
        found = suppress(_decode(values, logits, score))
        shift = np.array([left, top], np.float32)
        # pixel centres are whole numbers, and the network counts from the picture's edge
        boxes = np.hstack([(found.boxes[:, :2] - shift) / scale - 0.5, found.boxes[:, 2:] / scale])
        points = (found.points - shift) / scale - 0.5
        return Detections(boxes.astype(np.float32), points.astype(np.float32), found.scores)

    def _run(self, data: Floats) -> tuple[Floats, Floats]:
        with self._turn:
            self._network.set_tensor(self._input, data)
            self._network.invoke()
            values, logits = (self._network.get_tensor(index)[0] for index in (self._values, self._logits))
        return np.asarray(values, np.float32), np.asarray(logits[:, 0], np.float32)


def five_points(six: Floats) -> Floats:
    """n x 6 x 2 (eyes, nose, middle of the mouth, ears) -> n x 5 x 2, with estimated corners of the mouth."""
    eyes = six[:, 1] - six[:, 0]
    up = LIFT * np.stack([eyes[:, 1], -eyes[:, 0]], axis=1)
    mouth, half = six[:, 3] + up, HALF_MOUTH * eyes
    return np.stack([six[:, 0], six[:, 1], six[:, 2], mouth - half, mouth + half], axis=1)


def _letterbox(image: Image, scale: float) -> tuple[Floats, int, int]:
    height, width = (max(round(side * scale), 1) for side in image.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image, (width, height), interpolation=way)
    left, top = (SIDE - width) // 2, (SIDE - height) // 2
    sides = (top, SIDE - height - top, left, SIDE - width - left)
    square = cv2.copyMakeBorder(small, *sides, cv2.BORDER_CONSTANT)
    return np.ascontiguousarray(square[None, :, :, ::-1].astype(np.float32) / 127.5 - 1), left, top


def _decode(values: Floats, logits: Floats, least: float) -> Detections:
    """One anchor in the middle of each of 48 x 48 cells; offsets and sizes in pixels."""
    scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
    which = np.flatnonzero(scores >= least)
    rows, columns = np.divmod(which, GRID)
    anchors = (np.stack([columns, rows], axis=1) + 0.5).astype(np.float32) * (SIDE / GRID)
    centres, sizes = values[which, :2] + anchors, values[which, 2:4]
    six = values[which, 4:].reshape(-1, 6, 2) + anchors[:, None]
    boxes = np.hstack([centres - sizes / 2, sizes])
    return Detections(boxes, five_points(six), scores[which].astype(np.float32))
