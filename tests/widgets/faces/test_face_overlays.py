"""Overlays of faces: colours and styles by standing, covers that hide in pictures and on the screen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from engines.core.frames import Size, Stamp
from engines.faces.redaction.mosaic import grown, mosaic_of
from engines.faces.types import Box, Gaze, HeadPose, RecogniserSettings, Recognition, TrackedFace
from widgets.faces.overlays import FaceCover, FaceFrame, axes_of, overlays_of, standing_of, words_of
from widgets.viewer.overlays import Cover, Legend
from widgets.viewer.picture import Viewport

POINTS = ((70.0, 75.0), (110.0, 75.0), (90.0, 95.0), (75.0, 115.0), (105.0, 115.0))
ADA = TrackedFace(3, Box(50, 40, 80, 100), POINTS, 0.9, 0.8, True, "id", "Ada", 0.714, "Ada", 0.99, 5)
NOBODY = replace(ADA, track=4, person="", name="")
AWAY = replace(ADA, seen=False)
SETTINGS = RecogniserSettings()


def recognition(*faces: TrackedFace) -> Recognition:
    return Recognition(Stamp("a", 0, 0, 0), Size(320, 240), faces)


def painted(overlay, viewport: Viewport | None = None) -> np.ndarray:
    """What an overlay paints on black, as H x W x 4."""
    viewport = viewport or Viewport.fit(320, 240, 320, 240, 1.0)
    image = QImage(viewport.view_width, viewport.view_height, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    overlay.paint(painter, viewport)
    painter.end()
    return np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)


def test_words_and_standing():
    assert [standing_of(face) for face in (ADA, NOBODY, AWAY)] == ["known", "unknown", "expected"]
    assert words_of(ADA) == "#3 Ada 0.71"
    assert words_of(NOBODY) == "#4 unknown"
    assert words_of(AWAY) == "#3 Ada, not seen"
    assert words_of(ADA, nameless=True) == "#3"


def test_known_unknown_and_expected_differ_in_form_and_not_only_in_colour(qapp):
    """Along the upper edge: a whole line, a gap in its middle, several gaps."""
    edges = {}
    for face in (ADA, NOBODY, AWAY):
        row = painted(FaceFrame(face.box, standing_of(face)))[40, 58:122, :3].max(axis=1) > 90
        edges[standing_of(face)] = int(np.abs(np.diff(row.astype(int))).sum())
    assert edges["known"] == 0
    assert edges["unknown"] == 2
    assert edges["expected"] > 4


@pytest.mark.parametrize("scale", [1.0, 0.37, 2.6])
def test_a_cover_hides_every_screen_pixel_of_the_face(qapp, scale):
    rng = np.random.default_rng(0)
    image = rng.integers(1, 255, (240, 320, 3), np.uint8)
    cover = FaceCover(ADA.box, mosaic_of(image, ADA.box))
    viewport = Viewport.fit(320, 240, round(320 * scale), round(240 * scale), 1.0)
    seen = painted(cover, viewport)
    area = grown(ADA.box)
    left, top = viewport.to_widget(area.x, area.y).toTuple()
    right, bottom = viewport.to_widget(area.x + area.width, area.y + area.height).toTuple()
    inside = seen[int(np.floor(top)) : int(np.ceil(bottom)), int(np.floor(left)) : int(np.ceil(right)), :3]
    assert inside.any(axis=2).all()
    assert len(np.unique(inside.reshape(-1, 3), axis=0)) <= sum(len(row) for row in cover.mosaic)


def test_a_cover_hides_in_saved_pictures_what_it_hides_on_the_screen(qapp):
    image = np.random.default_rng(0).integers(1, 255, (240, 320, 3), np.uint8)
    cover = FaceCover(ADA.box, mosaic_of(image, ADA.box))
    assert isinstance(cover, Cover)
    saved = image.copy()
    cover.cover(saved)
    shown = painted(cover)[..., :3]
    both = (shown.any(axis=2)) & (saved != image).any(axis=2)
    assert (saved != image).any(axis=2).sum() > 0.99 * 100 * 125
    assert (np.abs(saved[both].astype(int) - shown[both]) == 0).all(axis=1).mean() > 0.9


def test_a_covered_face_gives_nothing_away(qapp):
    face = replace(ADA, mosaic=(("#101010",),), pose=HeadPose(10, 5, 0), gaze=Gaze(0, 0, (90, 70)))
    made = overlays_of(recognition(face), replace(SETTINGS, blur="everyone"))
    assert [type(overlay).__name__ for overlay in made] == ["FaceCover", "FaceFrame", "FacePills"]
    assert [words.text for words in made[-1].words] == ["#3"]
    bare = overlays_of(recognition(replace(face, mosaic=())), SETTINGS)
    assert {"FacePoints", "PoseAxes", "GazeRay"} <= {type(overlay).__name__ for overlay in bare}


def test_a_legend_when_there_are_two_colours():
    assert not any(isinstance(one, Legend) for one in overlays_of(recognition(ADA, replace(ADA, track=9)), SETTINGS))
    legend = overlays_of(recognition(ADA, NOBODY, replace(AWAY, track=9)), SETTINGS)[-1]
    assert isinstance(legend, Legend)
    assert [name for name, *_ in legend.entries] == ["known", "unknown", "expected"]


@pytest.mark.parametrize(
    ("pose", "right", "up", "front"),
    [
        (HeadPose(0, 0, 0), (1, 0), (0, -1), (0, 0)),
        (HeadPose(90, 0, 0), (0, 0), (0, -1), (1, 0)),
        (HeadPose(0, 80, 0), (1, 0), (0, -np.cos(np.radians(80))), (0, -np.sin(np.radians(80)))),
        (HeadPose(0, 0, 90), (0, 1), (1, 0), (0, 0)),
    ],
)
def test_axes_point_where_the_angles_say(pose, right, up, front):
    """Yaw to the viewer's right, pitch up, roll clockwise."""
    assert np.allclose(axes_of(pose), (right, up, front), atol=1e-9)
