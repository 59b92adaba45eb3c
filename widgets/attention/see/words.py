"""Maps of attention in words: where a patch lies, how spread its row is, which keys it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.attention.types import KINDS, Site
from engines.attention.watching.recording import Recording
from engines.core.words import as_sentence, tr
from widgets.charts.axes import figure, percent

STRONGEST = 5
PARTS = {"Layer": tr("Layer"), "Down": tr("Down"), "Middle": tr("Middle"), "Up": tr("Up")}
Values = NDArray[np.float64]


def site_words(site: Site) -> str:
    """'Layer 2', 'Middle': where in the network it is."""
    part, _, number = site.name.partition(" ")
    return f"{PARTS.get(part, part)} {number}".strip()


def place_words(site: Site, patch: int) -> str:
    """'row 3, column 5'."""
    row, column = divmod(patch, site.grid[1])
    return tr("row {row}, column {column}", row=row + 1, column=column + 1)


def moment_words(recording: Recording, step: int) -> str:
    """'Step 5 of 12, noise level 2.3'."""
    return tr(
        "Step {step} of {count}, noise level {sigmas}",
        step=step + 1,
        count=len(recording.sigmas) - 1,
        sigmas=figure(recording.sigmas[step]),
    )


def share_words(share: float) -> str:
    """'12.3 %'."""
    return percent(share, 1) if share else "0 %"


def kernel_words(names: Sequence[str]) -> str:
    """'SDPA, Strips', from names with versions."""
    titles = {kind.id: kind.title for kind in KINDS}
    return ", ".join(titles.get(id, id) for id in (name.split()[0] for name in names))


def row_words(site: Site, entropy: float, received: float) -> str:
    """How spread a row is, and what the patch receives."""
    most = math.log(site.tokens) if site.tokens > 1 else 1.0
    return tr(
        "Entropy {entropy:.2f} nats, {share:.0f} % of ln {tokens}: as spread as {alike:.3g} "
        "keys alike. The patch receives {received:.2f} times an even share.",
        entropy=entropy,
        share=100 * entropy / most,
        tokens=site.tokens,
        alike=math.exp(entropy),
        received=received,
    )


def strongest(site: Site, row: Values) -> list[tuple[str, float]]:
    """The keys that count most, with their shares."""
    keys = np.argsort(-row, kind="stable")[:STRONGEST].tolist()
    return [(as_sentence(place_words(site, key)), float(row[key])) for key in keys]


def told(site: Site, head: int, patch: int, row: Values, entropy: float) -> str:
    """A row for the screen reader."""
    strong = "; ".join(f"{where} {share_words(share)}" for where, share in strongest(site, row))
    return tr(
        "{site}, head {head}, patch at {place_words}. Entropy {entropy:.2f} nats. {strong}",
        site=site_words(site),
        head=head + 1,
        place_words=place_words(site, patch),
        entropy=entropy,
        strong=strong,
    )
