"""The customary margin losses as points of one formula: names, margins and words, without torch.

The logit of the true class is s (cos(m1 theta + m2) - m3), of every other s cos theta.
"""

from __future__ import annotations

from dataclasses import dataclass

from engines.core.errors import UsageError
from engines.core.words import tr

Margins = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class MarginChoice:
    """A customary loss. margins: (m1, m2, m3). by_norm: m2 and m3 follow the length of the embedding (AdaFace)."""

    title: str
    margins: Margins
    formula: str
    source: str
    by_norm: bool = False


CHOICES: dict[str, MarginChoice] = {
    "softmax": MarginChoice("Softmax", (1.0, 0.0, 0.0), tr("s cos θ"), tr("Wang et al., 2017 (NormFace)")),
    "sphereface": MarginChoice("SphereFace", (1.35, 0.0, 0.0), tr("s cos(m1 θ)"), tr("Liu et al., 2017")),
    "cosface": MarginChoice("CosFace", (1.0, 0.0, 0.35), tr("s (cos θ - m3)"), tr("Wang et al., 2018")),
    "arcface": MarginChoice("ArcFace", (1.0, 0.5, 0.0), tr("s cos(θ + m2)"), tr("Deng et al., 2019")),
    "adaface": MarginChoice(
        "AdaFace",
        (1.0, 0.4, 0.4),
        tr("s (cos(θ - m2 q) - m3 (1 + q))"),
        tr("Kim et al., 2022; q: quality, -1 to 1"),
        True,
    ),
}


def choice(loss: str) -> MarginChoice:
    """The customary loss of this name. Raises `UsageError` for another."""
    found = CHOICES.get(loss)
    if found is None:
        raise UsageError(tr("There is no loss called '{loss}'", loss=loss), hint=tr("Choose ") + ", ".join(CHOICES))
    return found


def margins_of(loss: str, margins: Margins | None) -> Margins:
    """The margins asked for, or the customary ones. Raises `UsageError` for margins without sense."""
    m1, m2, m3 = found = choice(loss).margins if margins is None else margins
    if not (0.5 <= m1 <= 8 and -1 <= m2 <= 2 and -1 <= m3 <= 2):
        raise UsageError(
            tr("Margins {m1:g}, {m2:g}, {m3:g} are out of range", m1=m1, m2=m2, m3=m3),
            hint=tr("m1 0.5 to 8, m2 -1 to 2 radians, m3 -1 to 2"),
        )
    return found
