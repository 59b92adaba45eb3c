"""References of a recogniser: similarities of different people and of the same person, measured beforehand.

A small gallery cannot say how rarely strangers look alike; these numbers do until it can. Each was measured on people
that no stranger of our measurements belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.core.words import tr

Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """impostor: (similarity, share of pairs of different people at or above it), down to the tail that starts at the
    last of them and goes on as a generalised Pareto law with `shape` and `scale`. genuine: (similarity, share of pairs
    of the same person below it). Every person counts alike. doubt: standard deviation of the log of a share from one
    gallery to another. measured: on what, in words.
    """

    impostor: Knots
    shape: float
    scale: float
    genuine: Knots
    doubt: float
    measured: str


SFACE = Reference(
    impostor=(
        (-0.1286, 0.99), (-0.0686, 0.95), (-0.0361, 0.9), (0.0037, 0.8), (0.0326, 0.7), (0.0569, 0.6), (0.0797, 0.5),
        (0.1027, 0.4), (0.1272, 0.3), (0.1557, 0.2), (0.1733, 0.15), (0.1955, 0.1), (0.2130, 0.07), (0.2285, 0.05),
        (0.2498, 0.03), (0.2653, 0.02), (0.2905, 0.01),
    ),
    shape=-0.05,
    scale=0.031,
    genuine=(
        (0.1646, 0.002), (0.2001, 0.005), (0.2798, 0.01), (0.3544, 0.02), (0.4383, 0.05), (0.4912, 0.1), (0.5486, 0.2),
        (0.5985, 0.3), (0.6308, 0.4), (0.6592, 0.5), (0.6835, 0.6), (0.7114, 0.7), (0.7445, 0.8), (0.7938, 0.9),
        (0.8245, 0.95), (0.8737, 0.99), (0.8953, 0.998),
    ),
    doubt=0.4,
    measured=tr("the 376 people of lfw_dev with two pictures or more (YuNet, central face), people "
"with one left out"),
)  # fmt: skip
"""SFace after YuNet. The people with one picture, who are the strangers of the open-set protocol, had no part in it."""

DLIB = Reference(
    impostor=(
        (0.7648, 0.99), (0.7916, 0.95), (0.8059, 0.9), (0.8229, 0.8), (0.8350, 0.7), (0.8451, 0.6), (0.8544, 0.5),
        (0.8635, 0.4), (0.8730, 0.3), (0.8835, 0.2), (0.8896, 0.15), (0.8968, 0.1), (0.9021, 0.07), (0.9066, 0.05),
        (0.9123, 0.03), (0.9164, 0.02), (0.9224, 0.01),
    ),
    shape=-0.109,
    scale=0.00755,
    genuine=(
        (0.8560, 0.002), (0.8930, 0.005), (0.9010, 0.01), (0.9140, 0.02), (0.9230, 0.05), (0.9300, 0.1), (0.9380, 0.2),
        (0.9450, 0.3), (0.9500, 0.4), (0.9550, 0.5), (0.9580, 0.6), (0.9620, 0.7), (0.9680, 0.8), (0.9730, 0.9),
        (0.9780, 0.95), (0.9830, 0.99), (0.9860, 0.998),
    ),
    doubt=0.4,
    measured=tr("at most three pictures of each of the same 376 people"),
)  # fmt: skip
"""dlib's ResNet after YuNet. The doubt is SFace's."""

REFERENCES: dict[str, Reference] = {"sface": SFACE, "dlib": DLIB}
"""By the name of the model's card. A model that is not here is judged by the gallery alone."""


def like_sface(similarity: float, model: str) -> float:
    """What means the same to this recogniser as `similarity` does to SFace; itself where nothing is known of it.

    As many pairs of different people lie above it; beyond the last such knot, straight to the middle of the same person
    and from there to 1.
    """
    if model not in REFERENCES:
        return similarity
    return float(np.interp(similarity, _ladder(SFACE), _ladder(REFERENCES[model])))


def _ladder(known: Reference) -> list[float]:
    middle = next(at for at, share in known.genuine if share == 0.5)
    return [-1.0, *(at for at, _ in known.impostor), middle, 1.0]
