"""Pieces of space as they are seen: what is cut, what is in front, what lies under the pointer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from widgets.charts.space.eye import Compass, Eye
from widgets.charts.space.picking import picked
from widgets.charts.space.stage import MARGIN, Shot, Stage
from widgets.charts.space.things import Blob, Dot, Ink, Part, Sheet, Strand, Thing, enlarged, half_axes, silhouettes

SIZE = (800.0, 500.0)
INK = Ink()
EYE = Eye(np.array([0.0, 0.0, 2.0]), distance=2.0, reach=(0.4, 0.4))
SQUARE = np.array([(-0.2, -0.2, 0), (0.2, -0.2, 0), (0.2, 0.2, 0), (-0.2, 0.2, 0)])


def shot(*parts: Part, eye: Eye = EYE) -> Shot:
    return Shot.of(Stage(parts), eye, SIZE)


def named(*keys: str) -> dict:
    return {key: Thing(key, np.zeros(3)) for key in keys}


@pytest.mark.parametrize("offset", [(0.0, 0.0), (0.2, -0.1)])
def test_a_line_that_comes_from_behind_is_cut_where_it_leaves_the_drawing(offset: tuple[float, float]) -> None:
    line, eye = np.array([(0.1, 0.05, -1.0), (0.1, 0.05, 4.0)]), replace(EYE, offset=offset)
    (kept,) = shot(Part((Strand(line, INK),)), eye=eye).lines_of(0)
    axis = eye.project(np.array([[0.0, 0.0, 9.0]]), SIZE)[0]
    np.testing.assert_allclose((kept[:, 1] - axis[1]) / (kept[:, 0] - axis[0]), 0.5)
    np.testing.assert_allclose(kept[1], eye.project(line[1:], SIZE)[0])
    assert kept[0, 0] == pytest.approx(SIZE[0] + MARGIN)


def test_what_is_behind_or_far_aside_is_not_drawn() -> None:
    behind = Strand(np.array([(0.0, 0.0, -3.0), (0.1, 0.0, -1.0)]), INK)
    aside = Sheet(SQUARE + (90, 0, 2), INK)
    there = Dot(np.array([0.0, 0.0, 2.0]), INK)
    seen = shot(Part((behind,), (aside,), (there,)))
    assert [type(seen.stage.pieces[n]) for n in seen.order] == [Dot]


def test_a_sheet_is_cut_to_what_is_before_the_eye() -> None:
    floor = np.array([(-1, 0.3, -5), (1, 0.3, -5), (1, 0.3, 5), (-1, 0.3, 5)], float)
    (kept,) = shot(Part(sheets=(Sheet(floor, INK),))).lines_of(0)
    assert kept[:, 1].max() <= SIZE[1] + MARGIN + 1e-6
    assert kept[:, 1].min() == pytest.approx(EYE.project(floor[2:3], SIZE)[0, 1])


def test_pieces_are_drawn_from_far_to_near_and_marks_after_their_sheet() -> None:
    far, near = Sheet(SQUARE + (0, 0, 3), INK, key="far"), Sheet(SQUARE + (0, 0, 1.5), INK, key="near")
    mark = Strand(np.array([(0, 0, 3.1), (0, 0.1, 3.1)]), INK, "mark", before=1.0)
    seen = shot(Part((mark,), (near, far)))
    assert [seen.stage.pieces[n].key for n in seen.order] == ["far", "mark", "near"]


def test_the_pointer_finds_the_sheet_in_front_the_line_on_it_and_the_dot_on_that() -> None:
    sheets = Sheet(SQUARE + (0, 0, 3), INK, key="far"), Sheet(SQUARE + (0.2, 0, 1.5), INK, key="near")
    line = Strand(np.array([(0.1, -0.1, 1.5), (0.1, 0.1, 1.5)]), INK, "line")
    seen = shot(
        Part(
            (line,),
            sheets,
            (Dot(np.array([0.1, 0.1, 1.5]), INK, key="dot"),),
            things=named("far", "near", "line", "dot"),
        )
    )

    def at(x: float, y: float, z: float) -> object:
        return picked(seen, tuple(EYE.project(np.array([[x, y, z]]), SIZE)[0]))

    assert at(0.3, 0.0, 1.5) == "near"
    assert at(-0.15, 0.0, 3.0) == "far"
    assert at(0.1, 0.0, 1.5) == "line"
    assert at(0.1, 0.1, 1.5) == "dot"
    assert at(0.6, 0.3, 1.5) is None


def test_what_is_told_of_nothing_is_not_found() -> None:
    assert picked(shot(Part(sheets=(Sheet(SQUARE + (0, 0, 2), INK, key="mute"),))), (400, 250)) is None


@pytest.mark.parametrize("perspective", [True, False])
def test_the_outline_of_an_ellipsoid_touches_it_and_bounds_what_is_seen_of_it(perspective: bool) -> None:
    covariance = np.array([[4.0, 1.0, 0.2], [1.0, 2.0, -0.5], [0.2, -0.5, 1.0]]) * 1e-3
    centre, axes = np.array([0.1, -0.05, 2.2]), half_axes(covariance, 2.0)
    np.testing.assert_allclose(axes @ axes.T, 4 * covariance, atol=1e-15)
    eye = replace(Compass().home(), target=centre, distance=1.0, perspective=perspective)
    way = eye.place - centre if perspective else -eye.turn[2]
    ring = silhouettes(centre[None], axes[None], way[None], not perspective)[0]
    sphere = np.linalg.solve(axes, (ring - centre).T).T
    np.testing.assert_allclose(np.linalg.norm(sphere, axis=1), 1, atol=1e-6)
    normals = np.linalg.solve(axes.T, sphere.T).T
    sight = ring - eye.place if perspective else np.tile(eye.turn[2], (len(ring), 1))
    np.testing.assert_allclose((normals * sight).sum(axis=1) / np.linalg.norm(normals, axis=1), 0, atol=1e-6)
    body = np.random.default_rng(0).normal(size=(500, 3))
    body = centre + (body / np.linalg.norm(body, axis=1, keepdims=True)) @ axes.T
    low, high = (f(eye.project(ring, SIZE), axis=0) for f in (np.min, np.max))
    flat = eye.project(body, SIZE)
    assert (flat >= low - 1).all()
    assert (flat <= high + 1).all()


def test_an_ellipsoid_without_size_is_a_point() -> None:
    seen = shot(Part(blobs=(Blob(np.array([0.1, 0.0, 2.0]), np.zeros((3, 3)), INK),)))
    middle = EYE.project(np.array([[0.1, 0.0, 2.0]]), SIZE)
    np.testing.assert_allclose(seen.lines_of(0)[0] - middle, 0, atol=1e-6)


def test_an_ellipsoid_around_the_eye_is_not_drawn() -> None:
    around, there = (Blob(EYE.place + (0, 0, far), 0.1 * np.eye(3), INK, key=far) for far in (0.05, 2.0))
    seen = shot(Part(blobs=(around, there)))
    assert [seen.stage.pieces[n].key for n in seen.order] == [2.0]


def test_deviations_are_enlarged_by_powers_of_ten_that_stay_while_they_serve() -> None:
    assert enlarged(np.array([2e-4, 3e-4, 0.0]), 0.1) == 100
    assert enlarged(np.array([0.2]), 0.1) == 1
    assert enlarged(np.array([8e-4]), 0.1, kept=100) == 100
    assert enlarged(np.array([3e-3]), 0.1, kept=100) == 10
    assert enlarged(np.zeros(3), 0.1, kept=7) == 7
