"""What the live recogniser saw, drawn over the picture."""

from __future__ import annotations

from engines.faces.types import RecogniserSettings, Recognition
from widgets.overlays import Label, Overlay, Polygon


def overlays_of(recognition: Recognition, settings: RecogniserSettings) -> list[Overlay]:
    """Everything to draw on the frame of `recognition.stamp`."""
    made: list[Overlay] = []
    for face in recognition.faces:
        box = face.box
        right, bottom = box.x + box.width, box.y + box.height
        corners = [(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)]
        made.append(Polygon(corners, "good" if face.name else "accent"))
        made.append(Label(f"{face.name or 'unknown'} {face.similarity:.2f}", (box.x, box.y)))
    return made
