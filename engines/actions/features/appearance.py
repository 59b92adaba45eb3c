"""Appearance of a picture as 1280 numbers: EfficientNet-Lite0, trained on ImageNet, in onnxruntime.

The pixels are scaled as the weights' makers do, (x - 127) / 128 in RGB. The whole picture is seen, squashed to a
square, unless the recipe asks for its centre: at the edges of a picture things happen too.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.core.store.fetching import load_path
from engines.core.store.registry import REGISTRY

NETWORK = "efficientnet-lite0"
LENGTH, SIDE = 1280, 224
CROPS = ("squash", "centre")
CONVERTED = "cddb6d399f8f17536aa07fc079426127633091cbd65c49dca5786cae0291a922"
"""SHA-256 of the ONNX file that the published weights become."""
CONVERTED_NAME = f"{Path(REGISTRY[NETWORK].filename).stem}-{CONVERTED[:12]}.onnx"
MODULE = "engines.actions.features.lite0_onnx"


class Appearance:
    """The network on `threads` threads. Raises `FileMissing` when it was not fetched; the first time, another process
    converts it, which takes some seconds.
    """

    def __init__(self, side: int = SIDE, crop: str = "squash", threads: int = 1) -> None:
        from engines.core.networks.onnx import open_session
        from engines.core.store.preparing import prepared

        network = prepared(CONVERTED_NAME, MODULE, (load_path(NETWORK),), CONVERTED)
        self._session = open_session(str(network), threads)
        self._side, self._crop = side, crop

    def describe(self, image: Image) -> NDArray[np.float32]:
        """uint8 BGR of any size -> float32 (1280,)."""
        data = picture_input(image, self._side, self._crop)
        return np.asarray(self._session.run(["features"], {"image": data})[0][0], np.float32)


def picture_input(image: Image, side: int, crop: str) -> NDArray[np.float32]:
    """float32 (1, 3, side, side), RGB, about -1 to 1."""
    seen = _centre(image) if crop == "centre" else image
    way = cv2.INTER_AREA if min(seen.shape[:2]) > side else cv2.INTER_LINEAR
    small = cv2.resize(seen, (side, side), interpolation=way)
    blob = cv2.dnn.blobFromImage(small, 1 / 128, (side, side), (127, 127, 127), swapRB=True)
    return np.asarray(blob, np.float32)


def _centre(image: Image) -> Image:
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return image[top : top + side, left : left + side]
