"""Errors that the corners of one view share: how much more they move the cameras than as many independent ones would.

A finder is off in the same way all over a blurred or slanted view, and a view whose moment is late is off as a whole.
The uncertainty that counts every corner for itself is then too small. The pulls of whole views on the solution tell by
how much (the idea of cluster-robust variances: Liang and Zeger, "Longitudinal data analysis using generalized linear
models", 1986), here as one factor for all, which a few views already carry.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.calibration.solve.equations import Floats, Freedom, RigState, System, Weighing, view_sums
from engines.calibration.solve.sights import Sights

LEAST_VIEWS = 8


def shared_error(
    state: RigState, sights: Sequence[Sights], weighing: Weighing, freedom: Freedom, system: System, variance: float
) -> float:
    """By what the variance of the cameras is larger than independent corners would make it; 1 where it is not.

    variance: of a believed residual, in squared deviations. A freed board counts as held: it can only take more.
    """
    count = freedom.cameras
    if count == 0 or sum(len(one.groups) for one in sights) < LEAST_VIEWS:
        return 1.0
    coupling, inverse = system.coupling[:, :count], system.poses_inverse()
    inverse[list(freedom.held)] = 0.0
    back = coupling @ inverse
    reduced = system.common[:count, :count] - np.einsum("gni,gmi->nm", back, coupling)
    scale = 1 / np.sqrt(np.maximum(np.diag(reduced), 1e-300))
    values, ways = np.linalg.eigh(reduced * np.outer(scale, scale))
    root = (ways / np.sqrt(np.maximum(values, 1e-12 * values[-1]))).T * scale
    seen, expected = 0.0, 0.0
    for one in sights:
        whole, right = view_sums(state, one, weighing, freedom)
        chain = _onto(freedom.columns[one.camera], back[one.groups], root)
        pulls = np.einsum("bnk,bk->bn", chain, right)
        half = chain @ whole
        own, by_board = half @ chain.mT, half[:, :, -6:]
        seen += float((pulls**2).sum())
        fitted = float((own**2).sum() + np.einsum("bni,bij,bnj->", by_board, inverse[one.groups], by_board))
        expected += variance * (float(np.einsum("bnn->b", own).sum()) - fitted)
    return max(seen / max(expected, 1e-300), 1.0)


def _onto(columns: np.typing.NDArray[np.int64], back: Floats, root: Floats) -> Floats:
    """B x N x (K + 6): from a view's own equations to those of the cameras alone, in units of what is known of them."""
    own = np.broadcast_to(root[:, columns], (len(back), *root[:, columns].shape))
    return np.concatenate([own, -root @ back], axis=2)
