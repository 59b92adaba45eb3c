"""What is drawn over the picture while actions are watched: where the body is, and what is happening, in words."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from engines.actions.types import POSE_LINES, POSE_NAMES, BodyPose, Decision, Watched, WatchSettings
from engines.core.frames import Size, Stamp
from widgets.actions.overlays import FAINT, VISIBLE, ActionPill, Skeleton, overlays_of
from widgets.actions.words import coming, coming_words, ranked, seen_now
from widgets.viewer.overlays import Caption
from widgets.viewer.picture import Viewport

CLASSES = ("background", "squat", "lunge_left", "arms_out")
SIZE = Size(400, 300)


def watched(row=(), ahead=(), poses=(), note=""):
    decisions = (Decision(7, 1.0, row, ahead),) if row else ()
    horizons = tuple(0.5 * (step + 1) for step in range(len(ahead)))
    return Watched(Stamp("cam", 0, 0.0, 1.0), SIZE, CLASSES, horizons, decisions, (), poses, note=note)


def pose(visible):
    """Points spread over the picture so that no two lines meet but at their ends."""
    rng = np.random.default_rng(4)
    points = tuple((float(x), float(y)) for x, y in rng.uniform((120, 60), (390, 290), (33, 2)))
    return BodyPose(points, tuple(visible), (200.0, 150.0, 280.0, 0.0), 0.9)


def painted(*overlays):
    """Pixels (H, W, 3) of a white picture with these on it, at one screen pixel a pixel."""
    image = QImage(SIZE.width, SIZE.height, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    viewport = Viewport.fit(SIZE.width, SIZE.height, SIZE.width, SIZE.height, 1.0)
    painter = QPainter(image)
    for overlay in overlays:
        overlay.paint(painter, viewport)
    painter.end()
    return np.array(image.constBits()).reshape(SIZE.height, SIZE.width, 4)[..., :3].astype(int)


def darkness(pixels, at):
    x, y = round(at[0]), round(at[1])
    return int(765 - pixels[y - 1 : y + 2, x - 1 : x + 2].sum(-1).min())


def middles(body):
    return [tuple(np.mean([body.points[start], body.points[end]], axis=0)) for start, end in POSE_LINES]


def test_every_line_of_a_visible_body_is_drawn(qapp):
    body = pose([1.0] * 33)
    pixels = painted(Skeleton(body))
    assert min(darkness(pixels, at) for at in middles(body)) > 150


@pytest.mark.parametrize("hidden", [0, 13, 25])
def test_what_is_not_visible_is_left_out_and_what_hardly_is_stays_faint(qapp, hidden):
    whole, faint, gone = (
        pose([value if index == hidden else 1.0 for index in range(33)]) for value in (1.0, VISIBLE - 0.1, FAINT - 0.1)
    )
    of_it = [number for number, line in enumerate(POSE_LINES) if hidden in line]
    drawn = [painted(Skeleton(body)) for body in (whole, faint, gone)]
    ink = [int((765 - pixels.sum(-1)).sum()) for pixels in drawn]
    assert ink[0] > ink[1] > ink[2]
    only = painted(Skeleton(pose([1.0 if index in POSE_LINES[of_it[0]] else 0.0 for index in range(33)])))
    assert darkness(only, middles(whole)[of_it[0]]) > 150


def test_nothing_is_drawn_of_a_body_that_is_not_visible(qapp):
    assert (painted(Skeleton(pose([0.0] * 33))) == 255).all()


def test_far_away_the_face_is_left_out(qapp):
    near = pose([1.0] * 33)
    far = BodyPose(near.points, near.visible, (200.0, 150.0, 40.0, 0.0), 0.9)
    face = [number for number, line in enumerate(POSE_LINES) if max(line) < 11]
    alone = pose([1.0 if index < 11 else 0.0 for index in range(33)])
    assert len(face) == 9
    assert (painted(Skeleton(BodyPose(far.points, alone.visible, far.region, 0.9))) == 255).all()
    assert (painted(Skeleton(alone)) != 255).any()


def test_the_pill_stays_within_the_picture_however_long_the_name(qapp):
    wide = painted(ActionPill(ranked(Decision(0, 0.0, (0, 1)), ("background", "x" * 300), 0.5)[0]))
    columns = np.flatnonzero((wide != 255).any(axis=(0, 2)))
    assert columns.min() >= 8
    assert columns.max() <= SIZE.width - 8


def test_pill_note_and_body_are_what_there_is(qapp):
    none = overlays_of(watched(), WatchSettings())
    everything = overlays_of(
        watched((0, 0.9, 0, 0.1), poses=(pose([1.0] * 33),), note="Nobody in view"), WatchSettings()
    )
    assert none == []
    assert [type(overlay) for overlay in everything] == [Skeleton, ActionPill, Caption]
    assert everything[2].text == "Nobody in view"


def test_a_class_has_the_colour_it_has_on_the_timeline(qapp):
    seen = watched((0.03, 0.02, 0.93, 0.02))
    action = seen.classes[2]
    for order, place in (((), 1), ((action, "other"), 0), (("a", "b", "c", action), 3)):
        (pill,) = overlays_of(seen, WatchSettings(), order)
        assert pill.seen.place == place


@pytest.mark.parametrize(
    ("row", "words", "percent", "place", "sure"),
    [
        ((0.03, 0.02, 0.93, 0.02), "lunge left", "93 %", 1, True),
        ((0.88, 0.1, 0.01, 0.01), "background", "88 %", -1, True),
        ((0.2, 0.4, 0.3, 0.1), "squat", "40 %", 0, False),
    ],
)
def test_what_is_happening_now_in_words(row, words, percent, place, sure):
    seen = seen_now(watched(row), 0.5)
    assert (seen.words, seen.percent, seen.place, seen.sure) == (words, percent, place, sure)


def test_before_the_first_decision_there_is_nothing_to_say():
    assert seen_now(watched(), 0.5) is None
    assert coming(watched()) is None
    assert coming_words(watched()) == ""


def test_what_comes_next_is_the_first_other_action_that_is_more_probable_than_not():
    now = (0.1, 0.8, 0.05, 0.05)
    later = ((0.2, 0.7, 0.1, 0), (0.9, 0.1, 0, 0), (0.3, 0.1, 0.1, 0.5), (0, 0, 0.9, 0.1))
    found = coming(watched(now, later))
    assert (found.seen.action, found.seconds, found.seen.probability) == ("arms_out", 1.5, 0.5)
    assert coming_words(watched(now, later)) == "Next 2 s: arms out in 1.5 s (50 %)"
    assert coming_words(watched(now, later[:2])) == "Next 1 s: nothing new"


def test_every_joint_with_a_dot_has_a_name():
    from widgets.actions.overlays import JOINTS

    assert {POSE_NAMES[joint].split()[-1] for joint in JOINTS} == {"shoulder", "elbow", "wrist", "hip", "knee", "ankle"}
