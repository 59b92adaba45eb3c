"""dlib's ResNet (King, 2017) as a second opinion beside SFace: other training, other mistakes. Needs the package dlib.

It was trained on chips of 150 x 150 pixels that dlib cuts by landmarks of its own. Those landmarks are not used here:
`crops` with this card's size and margin show the chip at its scale, and `CHIP` is where it lies in them. The place
follows from the mean face of dlib's `get_face_chip_details` (dlib/image_transforms/interpolation.h), whose eyes, nose
and mouth are brought to those of `align.TEMPLATE` in least squares.

Its vectors are meant to be compared by distance (the same person below .6) and are 1.3 to 1.5 long. Brought to length
1 and compared by cosine they lose nothing (817 pairs of LFW: 98.2 %, by distance 98.0 %), but all point one way:
strangers meet at .85, the same person at .955. Taking the common part off would bring strangers to 0 and costs
accuracy (97.2 %), so it stays; thresholds follow from `references.DLIB`.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np

from engines.core.errors import BadInput, FileMissing
from engines.core.frames import Image
from engines.core.installing import install_hint
from engines.core.store.fetching import load_path
from engines.core.store.registry import REGISTRY
from engines.core.words import tr
from engines.faces.recognition.embed import checked
from engines.faces.types import ModelCard
from engines.faces.vectors import Vectors, unit

SIZE, MARGIN = 240, 3 / 14
"""The crop: the gallery's kept picture, one and a half times as large."""
CHIP = 150
LEFT, TOP = 46, 69
"""The chip's first pixel in the crop."""


class DlibResNet:
    """`Embedder`. Raises `FileMissing` without the package or its file, `BadInput` when the file is damaged."""

    def __init__(self) -> None:
        file = REGISTRY["dlib"]
        dlib = _package()
        path = load_path("dlib")
        try:
            self._net = dlib.face_recognition_model_v1(str(path))
        except RuntimeError as error:
            raise BadInput(tr("dlib cannot read its recogniser"), path=path) from error
        self.card = ModelCard("dlib", tr("dlib ResNet"), file.sha256, 128, SIZE, file.licence, MARGIN)
        self._lock = Lock()

    def embed(self, faces: Image) -> Vectors:
        """`Embedder.embed`, for crops of this card's size and margin. 80 ms a face."""
        chips = np.ascontiguousarray(faces[:, TOP : TOP + CHIP, LEFT : LEFT + CHIP, ::-1])
        with self._lock:
            told = [self._net.compute_face_descriptor(chip) for chip in chips]
        return unit(checked(np.asarray(told, np.float32).reshape(len(faces), self.card.dim), self.card))


def _package() -> Any:
    try:
        import dlib
    except ImportError as error:
        words = tr("dlib's recogniser needs the package dlib, which is not installed")
        raise FileMissing(words, hint=install_hint("dlib-bin")) from error
    return dlib
