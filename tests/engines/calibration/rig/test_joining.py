"""What the cameras of a rig see at their own times becomes figures in space, each with its number."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from engines.calibration.rig.optics import eyes_of
from engines.calibration.rig.points.joining import REMEMBERED, STALE, Joiner, Moment
from engines.calibration.rig.points.recording import PlaceRecorder
from engines.core.frames import Stamp
from engines.core.sightings import Seen, SeenPoint, Subject
from tests.engines.calibration.rig.drawn_rigs import Floats, cloud, true_rig

RIG = true_rig()
EYES = eyes_of(RIG)
RNG = np.random.default_rng
BONES = (("0", "1"),)


class Walkers:
    """Bodies that move at a constant speed, metres a second, seen with noise."""

    def __init__(self, speeds: list[tuple[float, float, float]], sigma: float = 0.5) -> None:
        self.rng, self.sigma = RNG(7), sigma
        self.speeds = np.array(speeds)
        self.bodies = [cloud(self.rng, 9) + [0.12 * number, 0, 0] for number in range(len(speeds))]

    def at(self, seconds: float) -> list[Floats]:
        return [body + speed * seconds for body, speed in zip(self.bodies, self.speeds, strict=True)]

    def seen(self, camera: int, index: int, seconds: float, keys: str = "ab", only: str = "ab") -> Seen:
        subjects = []
        for key, body in zip(keys, self.at(seconds), strict=False):
            pixels = EYES[camera].see(body) + self.rng.normal(0, self.sigma, (len(body), 2))
            points = tuple(SeenPoint(str(name), *pixel.tolist(), self.sigma) for name, pixel in enumerate(pixels))
            subjects += [Subject(points, key, BONES)] if key in only else []
        return Seen(Stamp(f"rig/{camera}", index, 100 + seconds, seconds), tuple(subjects))


def off(moment: Moment, walkers: Walkers, number: int, body: int) -> float:
    """The largest error of a figure, in stated deviations."""
    figure = next(one for one in moment.figures if one.number == number)
    truth = walkers.at(moment.at - 100)[body]
    points = figure.placed.points
    return max(float(np.abs((np.array(one.place) - truth[int(one.name)]) / one.std).max()) for one in points)


def test_pictures_of_one_moment_are_joined_once_all_have_come() -> None:
    walkers, joiner = Walkers([(0.0, 0.0, 0.0)]), Joiner(RIG)
    for camera in range(4):
        joiner.put(camera, walkers.seen(camera, 4, 0.1))
    assert joiner.join() is not None
    for camera in range(4):
        assert joiner.join() is None
        joiner.put(camera, walkers.seen(camera, 5, 0.2))
    moment = joiner.join()
    assert moment is not None
    assert (moment.frame, moment.cameras, moment.points, moment.alone) == (5, (0, 1, 2, 3), 9, 0)
    assert (moment.figures[0].number, moment.figures[0].bones) == (1, BONES)
    assert off(moment, walkers, 1, 0) < 4.5
    assert joiner.join() is None


def test_cameras_that_look_at_other_times_are_brought_to_one() -> None:
    walkers, joiner, moments = Walkers([(0.3, 0.0, 0.1), (-0.3, 0.1, 0.0)]), Joiner(RIG), list[Moment]()
    for index in range(18):
        seen = walkers.seen(index % 4, index, index / 30)
        joiner.put(index % 4, seen)
        joiner.put(index % 4, seen)
        if (moment := joiner.join()) is not None and len(moment.cameras) == 4:
            moments.append(moment)
    assert len(moments) > 8
    assert {one.number for moment in moments for one in moment.figures} == {1, 2}
    body_of = {1: 0, 2: 1} if off(moments[0], walkers, 1, 0) < 6 else {1: 1, 2: 0}
    assert max(off(moment, walkers, number, body) for moment in moments for number, body in body_of.items()) < 5


def test_a_camera_that_stands_still_is_not_waited_for() -> None:
    walkers, joiner = Walkers([(0.0, 0.0, 0.0)]), Joiner(RIG)
    for camera in range(4):
        joiner.put(camera, walkers.seen(camera, 0, 0.0))
    joiner.join()
    for camera in (0, 1, 2):
        joiner.put(camera, walkers.seen(camera, 60, STALE + 0.1))
    moment = joiner.join()
    assert moment is not None
    assert (moment.cameras, moment.frame) == ((0, 1, 2), 60)


def test_a_moment_is_given_again_with_cameras_that_come_late() -> None:
    walkers, joiner = Walkers([(0.0, 0.0, 0.0)]), Joiner(RIG)
    for camera in range(4):
        joiner.put(camera, walkers.seen(camera, 0, 0.0))
    joiner.join()
    told = []
    for camera in range(4):
        joiner.put(camera, walkers.seen(camera, 60, STALE + 0.1))
        told.append(joiner.join())
    assert [None if one is None else len(one.cameras) for one in told] == [None, 2, 3, 4]
    assert {one.number for moment in told if moment for one in moment.figures} == {1}


def test_a_recorded_moment_is_written_once_as_it_was_last(tmp_path: Path) -> None:
    walkers, joiner = Walkers([(0.0, 0.0, 0.0)]), Joiner(RIG)
    recorder = PlaceRecorder(tmp_path / "points.csv", RIG)
    for index in range(2):
        for camera in range(4):
            joiner.put(camera, walkers.seen(camera, index, index * (STALE + 0.1)))
            if (moment := joiner.join()) is not None:
                recorder.add(moment)
    assert not (tmp_path / "points.csv").exists()
    recorder.close()
    _, *rows = csv.reader((tmp_path / "points.csv").read_text().splitlines())
    assert (recorder.moments, len(rows)) == (2, 18)
    assert [(row[0], row[1]) for row in rows[8:10]] == [("0", "1 8"), ("1", "1 0")]
    assert {row[8].count(";") for row in rows} == {3}


def test_who_only_one_camera_sees_is_counted_and_keeps_no_number() -> None:
    walkers, joiner = Walkers([(0.0, 0.0, 0.0), (0.0, 0.0, 0.0)]), Joiner(RIG)
    for camera in range(4):
        joiner.put(camera, walkers.seen(camera, 0, 0.0, only="a" if camera else "ab"))
    moment = joiner.join()
    assert moment is not None
    assert ([one.number for one in moment.figures], moment.alone) == ([1], 1)


def test_a_figure_that_is_hidden_for_a_moment_keeps_its_number() -> None:
    walkers, joiner, numbers = Walkers([(0.0, 0.0, 0.0)]), Joiner(RIG), list[list[int]]()
    for index, seconds in enumerate((0.0, 0.1, 0.2, 0.2 + REMEMBERED)):
        for camera in range(4):
            joiner.put(camera, walkers.seen(camera, index, seconds, only="" if index == 1 else "a"))
        moment = joiner.join()
        assert moment is not None
        numbers.append([one.number for one in moment.figures])
    assert numbers == [[1], [], [1], [2]]


def test_nobody_is_a_moment_too() -> None:
    joiner = Joiner(RIG)
    for camera in range(2):
        joiner.put(camera, Seen(Stamp(f"rig/{camera}", 1, 2.0, 2.0), ()))
    moment = joiner.join()
    assert moment is not None
    assert (moment.figures, moment.residual_px) == ((), 0.0)


@pytest.mark.parametrize("count", [2, 3])
def test_figures_keep_their_numbers_when_others_come(count: int) -> None:
    walkers, joiner = Walkers([(0.0, 0.0, 0.0)] * count), Joiner(RIG)
    for index, only in enumerate(("b", "abc")):
        for camera in range(4):
            joiner.put(camera, walkers.seen(camera, index, index / 10, "abc", only))
        moment = joiner.join()
        assert moment is not None
        assert off(moment, walkers, 1, 1) < 5
    assert {one.number for one in moment.figures} == set(range(1, count + 1))
