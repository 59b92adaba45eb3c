"""The words above faces: apart, near their faces, in the order of tracks, and steady from frame to frame."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from engines.faces.types import Box
from widgets.faces.pills import FacePills, Words, own_places
from widgets.kit.theme import DARK
from widgets.viewer.overlays import GROUND, PILL_HEIGHT
from widgets.viewer.picture import Viewport

VIEW = Viewport.fit(1280, 720, 1280, 720, 1.0)


def words(*places: tuple[float, float], first: int = 1) -> list[Words]:
    return [
        Words(first + at, f"#{first + at} Somebody 0.71", Box(x, y, 60, 70), "good") for at, (x, y) in enumerate(places)
    ]


def overlaps(boxes: list[QRectF]) -> int:
    return sum(a.intersects(b) for at, a in enumerate(boxes) for b in boxes[:at])


def test_words_that_have_room_stand_where_they_belong(qapp):
    said = words((100, 300), (600, 300))
    assert FacePills(said).places(VIEW) == [own_places(one, VIEW)[0] for one in said]


def test_words_of_a_crowd_lie_over_none_another_and_stay_in_the_picture(qapp):
    rng = np.random.default_rng(3)
    said = words(*((float(x), float(y)) for x, y in rng.uniform((200, 150), (1000, 550), (60, 2))))
    assert overlaps([own_places(one, VIEW)[0] for one in said]) > 20
    boxes = FacePills(said).places(VIEW)
    assert overlaps(boxes) == 0
    assert all(QRectF(0, 0, 1280, 720).contains(box) for box in boxes)


def test_at_the_top_words_go_below_the_face(qapp):
    said = words((400, 30), (410, 32))
    first, second = FacePills(said).places(VIEW)
    assert not first.intersects(second)
    assert second.top() > 100


def test_who_was_there_first_keeps_the_place_whatever_the_order_they_are_told_in(qapp):
    said = words((400, 300), (420, 300))
    assert FacePills(said).places(VIEW) == FacePills(said[::-1]).places(VIEW)[::-1]
    assert FacePills(said[::-1]).places(VIEW)[1] == own_places(said[0], VIEW)[0]


def test_words_do_not_jump_to_and_fro_where_they_hardly_touch(qapp):
    apart = own_places(words((400, 300))[0], VIEW)[0].width()
    moved: set[int] = set()
    tops = []
    for step in range(40):
        said = words((400, 300), (400 + apart + (-1.5 if step % 2 else 1.5), 300))
        tops.append(FacePills(said, moved).places(VIEW)[1].top())
    assert np.count_nonzero(np.diff(tops)) == 1
    gone = words((400, 300))
    FacePills(gone, moved).places(VIEW)
    assert moved == set()


def test_a_shaking_face_carries_its_words_no_further_than_it_moves(qapp):
    moved: set[int] = set()
    rng = np.random.default_rng(5)
    before = None
    for _ in range(50):
        shake = rng.uniform(-1, 1, (2, 2))
        said = words((400 + shake[0, 0], 300 + shake[0, 1]), (430 + shake[1, 0], 300 + shake[1, 1]))
        box = FacePills(said, moved).places(VIEW)[1]
        assert before is None or abs(box.top() - before) <= 2.0
        before = box.top()


def test_twice_the_faces_take_about_twice_the_looks(qapp, monkeypatch):
    counted = [0]
    hit = QRectF.intersects

    def counting(self, other):
        counted[0] += 1
        return hit(self, other)

    monkeypatch.setattr(QRectF, "intersects", counting, raising=False)
    looks = []
    for many in (100, 200, 400):
        side = int(many**0.5) + 1
        counted[0] = 0
        FacePills(words(*((200.0 * (at % side), 60.0 * (at // side)) for at in range(many)))).places(
            Viewport.fit(8000, 4000, 8000, 4000, 1.0)
        )
        looks.append(counted[0])
    assert looks[2] < 6 * max(looks[0], 1)


@pytest.mark.parametrize("token", ["text", "muted", "good", "warn", "bad", "accent"])
def test_words_can_be_read_over_a_white_picture(token):
    ground = [GROUND * part + (1 - GROUND) for part in DARK.color("base").getRgbF()[:3]]
    light, dark = luminance(DARK.color(token).getRgbF()[:3]), luminance(ground)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(parts) -> float:
    values = np.array(parts)
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_all_words_have_one_height(qapp):
    assert {box.height() for box in FacePills(words((10, 200), (300, 200))).places(VIEW)} == {PILL_HEIGHT}
