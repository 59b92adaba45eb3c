"""Faces as unit vectors whose cosine says how alike they are. Every vector is bound to the hash of its network."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.core.store import load_path
from engines.core.store_registry import REGISTRY
from engines.faces.types import ModelCard

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """A recogniser: aligned faces in, unit vectors out."""

    @property
    def card(self) -> ModelCard: ...

    def embed(self, faces: Image) -> Vectors:
        """n x size x size x 3 BGR -> n x dim, each of length 1."""
        ...


class SFace:
    """SFace of the OpenCV zoo (Zhong et al., 2021): 128 numbers. Raises `FileMissing` when its file was not fetched.

    Run by OpenCV's own network code, which is twice as fast here as onnxruntime and equal to it to 1e-6.
    """

    def __init__(self) -> None:
        file = REGISTRY["sface"]
        self.card = ModelCard("sface", "SFace", file.sha256, 128, 112, file.licence)
        self._network = cv2.dnn.readNetFromONNX(str(load_path("sface")))

    def embed(self, faces: Image) -> Vectors:
        vectors = np.zeros((len(faces), self.card.dim), np.float32)
        for index, face in enumerate(faces):
            self._network.setInput(cv2.dnn.blobFromImage(face, swapRB=True))
            vectors[index] = self._network.forward()[0]
        return unit(vectors)


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Each row brought to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
