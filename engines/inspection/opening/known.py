"""Models that are known to the last bit: how pictures go into them, as the engines that use them feed them."""

from __future__ import annotations

from pathlib import Path

from engines.core.networks.preprocessing import Preprocessing
from engines.core.store.preparing import file_hash
from engines.core.store.registry import REGISTRY

LITE0 = "efficientnet-lite0"
UNIT, SIGNED = ((0.0,), (255.0,)), ((127.5,), (127.5,))
PREPROCESSING = {
    LITE0: Preprocessing((224, 224), "RGB", (127.0,), (128.0,)),
    "yunet": Preprocessing((640, 640), "BGR", (0.0,), (1.0,), fit="letterbox"),
    "sface": Preprocessing((112, 112), "RGB", (0.0,), (1.0,), fit="crop"),
    "face-landmarks": Preprocessing((192, 192), "RGB", *UNIT, "NHWC", "crop"),
    "iris-landmarks": Preprocessing((64, 64), "RGB", *UNIT, "NHWC", "crop"),
    "blazeface-full": Preprocessing((192, 192), "RGB", *SIGNED, "NHWC", "letterbox"),
    "pose-detection": Preprocessing((224, 224), "RGB", *SIGNED, "NHWC", "letterbox"),
    "pose-landmarks": Preprocessing((256, 256), "RGB", *UNIT, "NHWC", "crop"),
}
"""By name in the model store. Numbers: `faces/detection/yunet.py`, `faces/recognition/embed.py`, `faces/gaze`,
`actions/features`, of `core/networks/litert.py` with `low` 0 or -1."""


def known_as(path: Path) -> str:
    """The name in the model store of a file with the same bytes, wherever it lies; "" for any other."""
    if not path.is_file():
        return ""
    size = path.stat().st_size
    same = [file for file in REGISTRY.values() if file.bytes == size]
    digest = file_hash(path) if same else ""
    return next((file.name for file in same if file.sha256 == digest), "")
