"""Boards as a pinhole camera sees them on their way from pose to pose: rendered in milliseconds, for films."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from engines.core.boards import Board
from tests.engines.calibration import known_scene as known

STEPS = 3
CAMERA = np.array([[560.0, 0, 322], [0, 560, 241], [0, 0, 1]])


def seen(board: Board, pose: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The board as a pinhole camera sees it, gray, on gray."""
    square, quiet = 32, 16
    print_ = np.pad(board.picture(square), quiet, constant_values=255)
    rotation = cv2.Rodrigues(pose[0])[0]
    left, top = board.print_origin
    pixel = board.square / square
    to_board = np.array([[pixel, 0, left + (0.5 - quiet) * pixel], [0, pixel, top + (0.5 - quiet) * pixel], [0, 0, 1]])
    plane = CAMERA @ np.stack([rotation[:, 0], rotation[:, 1], pose[1]], axis=1) @ to_board
    double = np.diag([2.0, 2.0, 1.0]) @ plane + np.array([[0.5], [0.5], [0]]) * plane[2]
    image = cv2.warpPerspective(print_, double, (1280, 960), flags=cv2.INTER_LINEAR, borderValue=128)
    return cv2.GaussianBlur(cv2.resize(image, (640, 480), interpolation=cv2.INTER_AREA), (0, 0), 0.7)


def route(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """A board that glides from pose to pose, `STEPS` steps each."""
    poses = [(turn, place * (1, 1, 1.25)) for turn, place in known.poses(known.Scene(), count // STEPS + 1, seed=11)]
    parts = np.linspace(0, 1, STEPS, endpoint=False)
    return [
        (one[0] * (1 - part) + two[0] * part, one[1] * (1 - part) + two[1] * part)
        for one, two in pairwise(poses)
        for part in parts
    ]
