"""Gives the corners of boards that look the same when turned the same numbers in every shot, or says that it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import cv2
import numpy as np

from engines.calibration.evidence.half_turns import Numbering, ambiguous, numbering, turns
from engines.calibration.evidence.twins import twin_distance, twins
from engines.calibration.solve.adjustment import Observation
from engines.calibration.solve.fit import LEAST_VIEWS, fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.shots import Shot
from engines.calibration.targets.target import Target
from engines.calibration.types import Reason
from engines.core.boards import Board
from engines.core.errors import WorkFailed
from engines.core.words import few_of, tr, tr_count


def observed(shot: Shot, target: Target) -> Observation:
    """What a shot shows, its corners numbered among all boards'."""
    assert shot.detection is not None
    found = shot.detection
    return Observation(found.ids + target.starts[shot.board], found.corners, found.covariance, found.extent)


def numbered_alike(shots: Sequence[Shot], used: Sequence[int], setup: Setup) -> tuple[list[Shot], tuple[Reason, ...]]:
    """The shots with each board numbered as in the first that shows it, and what there is to say about it.

    used: the numbers of those that have a say. Where they do not tell one end from the other, nothing is renumbered.
    """
    if not ambiguous(setup.target):
        return list(shots), ()
    found = [number for number, shot in enumerate(shots) if shot.detection is not None]
    views = {number: observed(shots[number], setup.target) for number in found}
    copies = twins([views[number] for number in used], twin_distance(setup.size))
    voters = [number for at, number in enumerate(used) if at not in copies]
    order = voters + [number for number in found if number not in voters]
    told = _told([views[number] for number in order], len(voters), setup)
    quarters = _from_first(dict(zip(order, told.quarters, strict=True)), shots)
    turned = [_turned(shot, quarters.get(number, 0), setup.target) for number, shot in enumerate(shots)]
    names = [shots[order[at]].name for at in told.unsure]
    return turned, tuple(_reasons(setup, told.told, sum(map(bool, quarters.values())), names))


def _told(views: Sequence[Observation], voters: int, setup: Setup) -> Numbering:
    with suppress(WorkFailed, np.linalg.LinAlgError, cv2.error):
        if voters >= LEAST_VIEWS:
            held = fit_camera(views[:voters], replace(setup, free_board=False))
            return numbering(held.state, views[:voters], setup, views[voters:])
    return Numbering((0,) * len(views))


def _from_first(quarters: dict[int, int], shots: Sequence[Shot]) -> dict[int, int]:
    """Counted from the first shot of each board, used or not, so that a corner keeps its number."""
    first: dict[int, int] = {}
    for number in sorted(quarters):
        first.setdefault(shots[number].board, quarters[number])
    return {number: (turned - first[shots[number].board]) % 4 for number, turned in quarters.items()}


def _turned(shot: Shot, quarters: int, target: Target) -> Shot:
    found = shot.detection
    if found is None or not quarters:
        return shot
    turn = next(turn for turn in turns(target.boards[shot.board]) if turn.quarters == quarters)
    ids = turn.ids[found.ids]
    order = np.argsort(ids)
    covariance = None if found.covariance is None else found.covariance[order]
    extent = None if found.extent is None else found.extent[order]
    return replace(
        shot,
        detection=replace(found, ids=ids[order], corners=found.corners[order], covariance=covariance, extent=extent),
    )


def _reasons(setup: Setup, told: bool, turned: int, unsure: Sequence[str]) -> Iterator[Reason]:
    if turned:
        words = tr_count(
            turned,
            "The board looks the same turned: {n} view was numbered from another end, as it tells",
            "The board looks the same turned: {n} views were numbered from another end, as it tells",
        )
        yield Reason("half-turn", 0, words)
    if setup.free_board and not told:
        board = next(board for board in setup.target.boards if len(turns(board)) > 1)
        found = tr("This board looks the same turned by half and its views do not tell which end is which")
        yield Reason(
            "half-turn",
            1,
            tr("{found}, so its free shape may mix its ends; use {better}, say", found=found, better=_better(board)),
        )
    elif setup.free_board and unsure:
        words = tr_count(
            len(unsure),
            "{names} fits nearly as well with the board's ends exchanged",
            "{names} fit nearly as well with the board's ends exchanged",
            names=few_of(unsure),
        )
        yield Reason("half-turn", 0, words)


def _better(board: Board) -> str:
    return "9x6" if board.kind == "chessboard" else tr("an asymmetric grid of 4x11")
