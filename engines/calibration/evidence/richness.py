"""Are all of a lens model's terms needed? Terms that explain nothing run free, and take the others along.

Rational, thin prism and tilted models hold Brown's; where a nested fit of Brown's is as good as chance allows, the rest
of the terms are known to nobody, and neither is the principal point, which trades with them. Their deviations tell only
a part of it, for the valley they lie in is long and bent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from engines.calibration.evidence.usual_shapes import by_chance
from engines.calibration.solve.adjustment import Fit, Observation
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.types import Reason, Remedy
from engines.core.errors import KinoscopeError
from engines.core.lenses import DISTORTION_NAMES, PINHOLE_NAMES, ModelName
from engines.core.words import control, tr

CHANCE = 1e-6
GAIN = 0.05
"""Share of the variance that more terms must take, however many corners make a smaller one certain."""
RICH: dict[ModelName, int] = {"rational8": 0, "thinprism12": 1, "tilted14": 1}
"""Models that hold Brown's, and how bad it is when they need not."""


def unneeded_terms(fit: Fit, views: Sequence[Observation], setup: Setup) -> Iterator[Reason]:
    """A reason where Brown's model explains the corners as well; nothing where it cannot be tried."""
    plain = _plain(views, setup) if setup.model in RICH else None
    if plain is None:
        return
    extra, left = fit.parameters - plain.parameters, fit.residuals - fit.parameters
    if extra <= 0 or left <= 0:
        return
    variance = max(fit.squares / left, 1e-300)
    chance = by_chance(extra, left, (plain.squares - fit.squares) / extra / variance)
    share = 1 - variance / max(plain.squares / (plain.residuals - plain.parameters), 1e-300)
    if chance > CHANCE or share < GAIN:
        words = tr(
            "Brown's model explains these corners as well, so the other terms run free and the middle with them; "
            "use {brown}",
            brown=control(tr("Brown, 5 terms"), "brown5"),
        )
        yield Reason("rich-lens", RICH[setup.model], words, Remedy("use_model", "brown5"))


def _plain(views: Sequence[Observation], setup: Setup) -> Fit | None:
    names = (*PINHOLE_NAMES, *DISTORTION_NAMES["brown5"])
    fix = tuple(word for word in setup.fix if word.partition("=")[0] in (*names, "tangential", "aspect", "principal"))
    try:
        return fit_camera(views, replace(setup, model="brown5", fix=fix))
    except (KinoscopeError, np.linalg.LinAlgError):
        return None
