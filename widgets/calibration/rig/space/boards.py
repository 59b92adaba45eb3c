"""Boards as they stood: a sheet each with its first corner, the chosen frame's with what is printed and its axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.calibration.rig.places import turn_of
from engines.calibration.rig.types import BoardPose, RigResult
from engines.core.boards import Board
from engines.core.words import tr
from widgets.charts.space.eye import Floats
from widgets.charts.space.things import AXES, Dot, Ink, Key, Net, Part, Sheet, Strand, Thing, Word

MOST = 300
"""Faint sheets drawn at most; of more, as many are taken evenly."""
FEW = 24
"""So many are drawn as strongly as faint ones are."""
ROUND = 14
"""Corners of a printed disc."""


def key_of(pose: BoardPose) -> Key:
    return "board", pose.frame, pose.board


def placed(pose: BoardPose, points: Floats) -> Floats:
    """Points of a board (N x 3, or N x 2 on its print) in the rig's coordinates."""
    flat = points if points.shape[1] == 3 else np.column_stack([points, np.zeros(len(points))])
    return np.asarray(flat @ turn_of(pose).T + np.array(pose.tvec))


def rim(board: Board) -> Floats:
    """Corners of what is printed, 4 x 2, from the top left clockwise."""
    (left, top), (wide, high) = board.print_origin, board.print_size
    return np.array([(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)])


def middles(result: RigResult) -> Floats:
    """Of all boards, N x 3."""
    kinds = [rim(board).mean(axis=0)[None] for board in result.boards]
    made = [placed(pose, kinds[pose.board]) for pose in result.board_poses if pose.board < len(kinds)]
    return np.concatenate([np.zeros((0, 3)), *made])


def boards(result: RigResult) -> Part:
    """All boards, faint, the fainter the more they are."""
    poses = [pose for pose in result.board_poses if pose.board < len(result.boards)]
    every = np.unique(np.linspace(0, len(poses) - 1, min(len(poses), MOST)).round().astype(int)) if poses else ()
    kept, seen = [poses[int(number)] for number in every], _seen_by(result)
    strong = Ink("text", 0.9, 1.4)
    rims = [placed(pose, rim(result.boards[pose.board])) for pose in kept]
    sheets = tuple(Sheet(sheet, strong, None, key_of(pose), quiet=True) for pose, sheet in zip(kept, rims, strict=True))
    things = {
        key_of(pose): _told(pose, sheet.mean(axis=0), seen.get((pose.frame, pose.board), ()))
        for pose, sheet in zip(kept, rims, strict=True)
    }
    if not kept:
        return Part()
    return Part(sheets=sheets, nets=_nets(result, kept, np.array(rims)), things=things, extent=np.concatenate(rims))


def _nets(result: RigResult, poses: Sequence[BoardPose], rims: Floats) -> tuple[Net, ...]:
    """Outlines of sheets, M x 4 x 3, and their first corners."""
    faint = FEW / max(len(poses), FEW)
    outlines = np.stack([rims, np.roll(rims, -1, axis=1)], axis=2).reshape(-1, 2, 3)
    angles = np.array([placed(pose, _angle(result.boards[pose.board])) for pose in poses])
    firsts = np.stack([angles[:, :-1], angles[:, 1:]], axis=2).reshape(-1, 2, 3)
    return (
        Net(outlines, Ink("muted", 0.24 + 0.3 * faint, 1.0), np.ones(len(outlines))),
        Net(firsts, Ink("muted", 0.5 + 0.5 * faint, 1.0), np.ones(len(firsts))),
    )


def chosen_boards(result: RigResult, frame: str, over: bool = False) -> Part:
    """The boards of a frame, with what is printed on them, their first corners and axes.

    over: they lie over a picture of the board, which is to be seen.
    """
    paper, dark = (None, Ink("accent", 0.4)) if over else (Ink("paper", 0.8), Ink("print", 0.85))
    strands, sheets, dots, words = [], [], [], []
    for pose in result.board_poses:
        if pose.frame != frame or pose.board >= len(result.boards):
            continue
        board, key = result.boards[pose.board], key_of(pose)
        prints = printed(board)
        turned = placed(pose, prints.reshape(-1, 2)).reshape(*prints.shape[:2], 3)
        edge = Ink("accent" if over else "text", 1.0, 1.6)
        sheets.append(Sheet(placed(pose, rim(board)), edge, paper, key, turned, dark))
        ends = placed(pose, np.vstack([np.zeros(3), np.eye(3) * 2.2 * board.square]))
        first, before = placed(pose, board.corners[:1])[0], max(board.print_size)
        strands += [
            Strand(np.array([ends[0], end]), Ink(AXES[n], 1.0, 2.4), key, before) for n, end in enumerate(ends[1:])
        ]
        dots.append(Dot(first, Ink("accent"), 3.6, key, before))
        words.append(Word(ends[0], frame, Ink("text"), key))
    return Part(tuple(strands), tuple(sheets), tuple(dots), words=tuple(words))


def printed(board: Board) -> Floats:
    """What is dark on a board, K x M x 2 polygons in its coordinates."""
    if board.kind in ("chessboard", "charuco"):
        return _squares(board)
    if board.kind == "aprilgrid":
        first = board.corners.reshape(board.rows, 2, board.columns, 2, 3)[:, 0, :, 0, :2].reshape(-1, 2)
        return np.array([_box(x, y, board.marker) for x, y in first.tolist()])
    angle = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    disc = board.marker / 2 * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.asarray(board.corners[:, None, :2] + disc)


def _squares(board: Board) -> Floats:
    """The first square is dark, but of inverted boards, and of old ChArUco boards with an even number of rows."""
    columns, rows = board.squares
    first = board.inverted != (board.legacy and rows % 2 == 0)
    dark = [(c, r) for r in range(rows) for c in range(columns) if (c + r) % 2 == first]
    left, top = board.print_origin
    return np.array([_box(left + c * board.square, top + r * board.square, board.square) for c, r in dark])


def _box(x: float, y: float, side: float) -> list[tuple[float, float]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


def _angle(board: Board) -> Floats:
    """Two short lines at the first corner, along the board's axes."""
    corner, length = rim(board)[0], 0.22 * min(board.print_size)
    return np.array([corner + (0, length), corner, corner + (length, 0)])


def _seen_by(result: RigResult) -> dict[tuple[str, int], tuple[str, ...]]:
    """Names of the cameras that used a board in a frame."""
    seen: dict[tuple[str, int], tuple[str, ...]] = {}
    for view in result.views:
        if view.found and view.used:
            place = view.frame, view.board
            seen[place] = (*seen.get(place, ()), result.cameras[view.camera].name)
    return seen


def _told(pose: BoardPose, middle: Floats, cameras: Sequence[str]) -> Thing:
    name = (
        tr("Board in {frame}", frame=pose.frame)
        if not pose.board
        else tr("Board {board} in {frame}", board=pose.board + 1, frame=pose.frame)
    )
    return Thing(name, middle, None, (tr("seen by {cameras}", cameras=", ".join(cameras)),) if cameras else ())
