"""A recording on one sheet: a row a layer, a column a step, each the picture under what one patch takes. No Qt."""

from __future__ import annotations

import cv2
import numpy as np

from engines.attention.types import Site
from engines.attention.watching.recording import Recording
from engines.core.errors import UsageError
from engines.core.frames import Image
from engines.core.pictures.heat import laid_over
from engines.core.words import tr

SIDE, GAP, MARGIN, HEAD = 112, 6, 92, 30
MOST_COLUMNS = 24
PAPER, INK = 255, (60, 66, 76)
FONT, SIZE = cv2.FONT_HERSHEY_SIMPLEX, 0.42
MARK = (255, 255, 255)


def sheet(recording: Recording, head: int = 0, patch: int | None = None) -> Image:
    """RGB. head: counted from 0, the last where a layer has fewer; patch: the query, None for the middle one.

    Steps beyond 24 are thinned. Raises `UsageError` for a patch or a head that no layer has.
    """
    most = max(site.heads for site in recording.sites)
    if not 0 <= head < most:
        raise UsageError(tr("No layer has a head {head}", head=head + 1), hint=tr("Give 1 to {most}", most=most))
    steps = recording.steps[:: -(-len(recording.steps) // MOST_COLUMNS)]
    wide = MARGIN + len(steps) * (SIDE + GAP)
    paper = np.full((HEAD + len(recording.sites) * (SIDE + GAP), wide, 3), PAPER, np.uint8)
    for column, step in enumerate(steps):
        _write(paper, tr("Step {step}", step=step + 1), MARGIN + column * (SIDE + GAP), 20)
    for row, site in enumerate(recording.sites):
        top = HEAD + row * (SIDE + GAP)
        _write(paper, site.name, GAP, top + SIDE // 2)
        for column, step in enumerate(steps):
            left = MARGIN + column * (SIDE + GAP)
            cell = _cell(recording, step, row, min(head, site.heads - 1), _query(site, patch))
            paper[top : top + cell.shape[0], left : left + cell.shape[1]] = cell
    return paper


def _cell(recording: Recording, step: int, site: int, head: int, query: int) -> Image:
    """One map, with a frame about the patch that it is of."""
    rows, columns = recording.sites[site].grid
    row = recording.row(step, site, head, query).reshape(rows, columns)
    cell = laid_over(recording.picture(step), row, 0.0, float(row.max()), SIDE)
    high, wide = cell.shape[0] / rows, cell.shape[1] / columns
    at = divmod(query, columns)
    first, last = ((round((at[1] + end) * wide) - end, round((at[0] + end) * high) - end) for end in (0, 1))
    return np.asarray(cv2.rectangle(cell, first, last, MARK, 1), np.uint8)


def _query(site: Site, patch: int | None) -> int:
    if patch is None:
        return site.grid[0] // 2 * site.grid[1] + site.grid[1] // 2
    if not 0 <= patch < site.tokens:
        raise UsageError(
            tr("{site} has no patch {patch}", site=site.name, patch=patch),
            hint=tr("Give 0 to {tokens}", tokens=site.tokens - 1),
        )
    return patch


def _write(paper: Image, words: str, left: int, base: int) -> None:
    cv2.putText(paper, words, (left, base), FONT, SIZE, INK, 1, cv2.LINE_AA)
