"""Robust losses of a corner's squared distance: what it costs, how much it is believed.

Huber, "Robust estimation of a location parameter" (1964); Cauchy and Geman-McClure as in Black and Rangarajan (1996).
`width` is where a loss bends, in the deviations that the distances are measured in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.core.words import tr

Floats = NDArray[np.float64]
WIDTHS = {"linear": np.inf, "huber": 2.5, "cauchy": 4.0, "geman": 5.0}
RAYLEIGH = 1.1774
"""The median length of a residual whose two coordinates have a deviation of 1."""
BELIEVED = 0.25
"""Weight above which a corner counts as one that fits, else it is an outlier; "geman" gives it at its width."""


@dataclass(frozen=True, slots=True)
class Losses:
    """kind: a key of `WIDTHS`. Raises `UsageError` for another one."""

    kind: str = "geman"

    def __post_init__(self) -> None:
        if self.kind not in WIDTHS:
            raise UsageError(
                tr("'{kind}' is not a loss", kind=self.kind),
                hint=tr("Use {names}", names=", ".join(WIDTHS)),
            )

    @property
    def width(self) -> float:
        return WIDTHS[self.kind]

    def cost(self, squares: Floats, width: float) -> Floats:
        """Of squared distances; as they are where they are small."""
        bend = width**2
        if self.kind == "geman":
            return np.asarray(squares / (1 + squares / bend))
        if self.kind == "cauchy":
            return np.asarray(bend * np.log1p(squares / bend))
        if self.kind == "huber":
            far = np.sqrt(np.maximum(squares, bend))
            return np.asarray(np.where(squares > bend, width * (2 * far - width), squares))
        return squares

    def weights(self, squares: Floats, width: float) -> Floats:
        """The cost's slope by the squared distance, 1 down to 0."""
        bend = width**2
        if self.kind == "geman":
            return np.asarray((1 + squares / bend) ** -2)
        if self.kind == "cauchy":
            return np.asarray(1 / (1 + squares / bend))
        if self.kind == "huber":
            return np.asarray(np.where(squares > bend, width / np.sqrt(np.maximum(squares, bend)), 1.0))
        return np.ones_like(squares)

    def stiffness(self, squares: Floats, width: float) -> Floats:
        """How a corner's pull grows with its distance: half the divergence of weight x residual in the plane."""
        bend = width**2
        if self.kind == "geman":
            return np.asarray((1 - squares / bend) * (1 + squares / bend) ** -3)
        if self.kind == "cauchy":
            return np.asarray((1 + squares / bend) ** -2)
        if self.kind == "huber":
            return np.asarray(np.where(squares > bend, 0.5 * self.weights(squares, width), 1.0))
        return np.ones_like(squares)
