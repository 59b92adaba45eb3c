"""Colours of classes: told apart by every kind of eye, readable on the surface, another dash and hatch beyond eight."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from widgets.charts.class_colors import class_color, class_dash, class_hatch, class_words, place_of
from widgets.kit.theme import DARK, LIGHT, Tokens

# Machado, Oliveira, Fernandes 2009: linear RGB as seen with full protanopia and deuteranopia.
EYES = {
    "all three cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def _linear(color: QColor) -> np.ndarray:
    part = np.array([color.redF(), color.greenF(), color.blueF()])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    part = to_xyz @ np.clip(linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    root = np.where(part > 0.008856, np.cbrt(part), 7.787 * part + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def _luminance(color: QColor) -> float:
    return float(_linear(color) @ (0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
@pytest.mark.parametrize("eye", EYES)
def test_any_two_of_eight_classes_look_different(look: Tokens, eye: str) -> None:
    labs = [_lab(EYES[eye] @ _linear(class_color(place, look))) for place in range(8)]
    least = min(float(np.linalg.norm(a - b)) for a, b in combinations(labs, 2))
    assert least > 15, f"a difference of {least:.1f} is too small to see in a thin line"


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
def test_every_colour_stands_out_from_the_surface(look: Tokens) -> None:
    ground = _luminance(QColor(look.surface))
    for place in range(-1, 8):
        own = _luminance(class_color(place, look))
        assert (max(own, ground) + 0.05) / (min(own, ground) + 0.05) >= 3.0


def test_no_two_of_forty_classes_share_colour_dash_and_hatch() -> None:
    looks = {(class_color(place).name(), class_dash(place), class_hatch(place)) for place in range(40)}
    assert len(looks) == 40


def test_a_class_keeps_its_colour_by_its_place_and_foreign_ones_are_gray() -> None:
    assert (place_of("walk", ("run", "walk")), place_of("swim", ("run", "walk"))) == (1, -1)
    assert class_color(1) != class_color(-1)
    assert class_words("lunge_left_arm_up") == "lunge left arm up"
