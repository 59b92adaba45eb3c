"""A film of a routine of six actions, and its labels: for tests that need some film, not a certain one.

Every action has a picture of its own, so one frame tells it, as in a real recording with a camera that stands still.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from engines.actions.types import Labels, Segment
from tests.engines.cameras.films import write_video

FRAMES, RATE, SIZE = 393, 10.0, (192, 144)
ROUTINE = (
    *((4, 9, "lunge_right"), (16, 22, "lunge_left_arm_up"), (28, 34, "lunge_right_arm_up")),
    *((39, 61, "arms_crossed_chest"), (63, 74, "arms_out"), (86, 92, "lunge_left")),
)
"""First and last frame of each action in the first of four rounds of 95 frames."""
ROUNDS, PERIOD = 4, 95


def labels() -> Labels:
    """What happens when; the last round breaks off before its last action."""
    rows = [
        (start + PERIOD * turn, end + PERIOD * turn, name) for turn in range(ROUNDS) for start, end, name in ROUTINE
    ]
    segments = tuple(Segment(*row) for row in rows[:-1])
    return Labels(segments, tuple(dict.fromkeys(one.action for one in segments)), RATE, FRAMES)


def write(folder: Path) -> Path:
    """`routine.mp4`, and `labels.csv` beside it."""
    known = labels()
    lines = [f"{one.start},{one.end},{one.action}" for one in known.segments]
    text = "\n".join(["start_frame,end_frame,action", *lines]) + "\n"
    (folder / "labels.csv").write_text(text, encoding="utf-8")
    shown = [0] * FRAMES
    for one in known.segments:
        shown[one.start : one.end + 1] = [1 + known.classes.index(one.action)] * (one.end + 1 - one.start)
    return write_video(
        folder / "routine.mp4",
        FRAMES,
        fps=round(RATE),
        size=SIZE,
        picture=lambda index, _: frame(shown[index], index % 4),
    )


@cache
def frame(action: int, sway: int) -> np.ndarray:
    """A figure before a wall that holds its arms as the action asks."""
    rng = np.random.default_rng(7)
    image = cv2.GaussianBlur(rng.integers(60, 180, (SIZE[1], SIZE[0], 3), dtype=np.uint8), (0, 0), 6)
    middle, colour = (70 + 8 * action + sway, 50), (40 + 30 * action, 220 - 25 * action, 60 * (action % 3))
    cv2.circle(image, middle, 12, (190, 200, 230), -1)
    cv2.rectangle(image, (middle[0] - 12, 62), (middle[0] + 12, 100), colour, -1)
    for side in (-1, 1):
        turn = np.radians(25 * action + 40 * (side > 0))
        hand = (middle[0] + side * round(40 * np.cos(turn)), 66 + round(40 * np.sin(turn)))
        cv2.line(image, (middle[0] + 12 * side, 66), hand, (190, 200, 230), 7)
        cv2.line(image, (middle[0], 100), (middle[0] + side * (8 + 4 * action), 138), (60, 60, 90), 9)
    return image
