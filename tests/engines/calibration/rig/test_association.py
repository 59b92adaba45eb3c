"""People are put together as they truly are; the search is exact beside trying everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.calibration.rig.optics import eyes_of
from engines.calibration.rig.points.association import associate
from engines.calibration.rig.types import NamedPoint
from tests.engines.calibration.rig.drawn_rigs import Floats, cloud, seen, true_rig

RIG = true_rig()
EYES = eyes_of(RIG)
Shown = list[list[tuple[NamedPoint, ...]]]


def shown(bodies: list[Floats], rng: np.random.Generator, sigma: float = 1.0) -> tuple[Shown, list[list[int]]]:
    """Bodies in every camera in another order, with which is which."""
    orders = [rng.permutation(len(bodies)).tolist() for _ in RIG.cameras]
    of = [[[p for p in seen(RIG, body, rng, sigma) if p.camera == camera] for body in bodies] for camera in range(4)]
    return [[tuple(of[camera][who]) for who in order] for camera, order in enumerate(orders)], orders


@pytest.mark.parametrize("count", [1, 2, 4])
def test_everybody_is_found_again_in_every_camera(count: int) -> None:
    rng = np.random.default_rng(count)
    bodies = [cloud(rng, 12) + rng.uniform(-0.05, 0.05, 3) for _ in range(count)]
    people, orders = shown(bodies, rng)
    groups = associate(EYES, people)
    assert sorted(len(group) for group in groups) == [4] * count
    assert all(len({orders[camera][number] for camera, number in group}) == 1 for group in groups)


def test_who_is_seen_by_one_camera_stays_alone() -> None:
    rng = np.random.default_rng(1)
    people, orders = shown([cloud(rng, 12), cloud(rng, 12)], rng)
    for camera in (1, 2, 3):
        people[camera] = [people[camera][orders[camera].index(0)]]
    assert sorted(len(group) for group in associate(EYES, people)) == [1, 4]
    assert associate(EYES, [[], [], [], []]) == ()


def test_points_of_other_names_say_nothing() -> None:
    rng = np.random.default_rng(1)
    people, _ = shown([cloud(rng, 12)], rng)
    people[1] = [tuple(replace(point, name=f"x{point.name}") for point in people[1][0])]
    assert sorted(len(group) for group in associate(EYES, people)) == [1, 3]


def test_one_wrong_point_in_ten_keeps_nobody_apart() -> None:
    rng = np.random.default_rng(4)
    people, _ = shown([cloud(rng, 10)], rng)
    people[2] = [tuple(replace(point, x=point.x + 80 * (point.name == "3")) for point in people[2][0])]
    assert [len(group) for group in associate(EYES, people)] == [4]
