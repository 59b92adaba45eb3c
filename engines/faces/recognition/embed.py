"""Faces as unit vectors whose cosine says how alike they are. Every vector is bound to the hash of its network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import WorkFailed
from engines.core.frames import Image
from engines.core.store.fetching import load_path
from engines.core.store.registry import REGISTRY
from engines.core.words import tr
from engines.faces.recognition.networks import open_network
from engines.faces.types import ModelCard
from engines.faces.vectors import Vectors, unit

TOGETHER = 4
"""Faces in one pass: more gain nothing."""
SFACE = 5.0, 15.0
"""Lengths of SFace's vectors: photographs have 10.4 to 15.2 (5th and 95th percentile)."""


class Embedder(Protocol):
    """A recogniser: aligned faces in, unit vectors out."""

    @property
    def card(self) -> ModelCard: ...

    def embed(self, faces: Image) -> Vectors:
        """n x size x size x 3 BGR -> n x dim, each of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class Input:
    """How a network wants its pictures: (value - mean) / std of each channel, red or blue first.

    channels_first: N x 3 x H x W, else N x H x W x 3. together: faces that may go in at a time.
    """

    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    rgb: bool = True
    channels_first: bool = True
    together: int = TOGETHER

    def data(self, faces: Image) -> NDArray[np.float32]:
        """n x size x size x 3 BGR -> what the network takes."""
        ordered = faces[..., ::-1] if self.rgb else faces
        values = (ordered.astype(np.float32) - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        return np.ascontiguousarray(values.transpose(0, 3, 1, 2) if self.channels_first else values)


class Network:
    """A recogniser in an open session. Several threads may use it.

    lengths: of its vectors before they are brought to 1: of a hopeless face and of a perfect one, None unknown.
    """

    def __init__(self, card: ModelCard, session: Any, want: Input, lengths: tuple[float, float] | None = None) -> None:
        self.card, self._session, self._want, self._lengths = card, session, want, lengths
        self._input = session.get_inputs()[0].name

    def embed(self, faces: Image) -> Vectors:
        """`Embedder.embed`. Raises `WorkFailed` when the network gives what is no number, or zeros alone."""
        return self.judge(faces)[0]

    def judge(self, faces: Image) -> tuple[Vectors, NDArray[np.float64] | None]:
        """`embed`, and how clear each face is to the network, 0 to 1: vectors of poor faces are short. None unknown."""
        step = self._want.together
        parts = [self._run(faces[at : at + step]) for at in range(0, len(faces), step)]
        vectors = np.concatenate(parts) if parts else np.zeros((0, self.card.dim), np.float32)
        return unit(checked(vectors, self.card)), self._clarity(vectors)

    def _clarity(self, vectors: Vectors) -> NDArray[np.float64] | None:
        if self._lengths is None:
            return None
        low, high = self._lengths
        lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
        return np.asarray(np.clip((lengths - low) / (high - low), 0, 1), np.float64)

    def _run(self, faces: Image) -> Vectors:
        output = self._session.run(None, {self._input: self._want.data(faces)})[0]
        return np.asarray(output, np.float32).reshape(len(faces), self.card.dim)


class SFace(Network):
    """SFace of the OpenCV zoo (Zhong et al., 2021): 128 numbers. Raises `FileMissing` when its file was not fetched.

    path: the same file where the user has it.
    """

    def __init__(self, threads: int = 1, path: Path | None = None) -> None:
        file = REGISTRY["sface"]
        session = open_network(path or load_path("sface"), threads=threads, any_count=True)
        own = "" if path is None else str(path.absolute())
        card = ModelCard("sface", "SFace", file.sha256, 128, 112, file.licence, file=own)
        super().__init__(card, session, Input(), SFACE)


def checked(vectors: Vectors, card: ModelCard) -> Vectors:
    """The same vectors. Raises `WorkFailed` for one that says nothing: no numbers, or zeros alone."""
    if not np.isfinite(vectors).all():
        raise WorkFailed(
            tr("{card} gives no numbers for these faces", card=card.title), hint=tr("Check its card: mean and std")
        )
    if not vectors.any(axis=1).all():
        raise WorkFailed(tr("{card} gives zeros for a face", card=card.title), hint=tr("Check its card: mean and std"))
    return vectors
