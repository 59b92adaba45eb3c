"""Presets: which docks are in front, and what is in the centre, for which work."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preset:
    """docks: those to show with their size in pixels (0: as it is), the first of each area in front.

    centre: what is in the middle of the window; strip: the tabs above it, "" for none.
    """

    id: str
    title: str
    docks: dict[str, int] = field(default_factory=dict)
    centre: str = "viewer"
    strip: str = ""


PRESETS: tuple[Preset, ...] = (
    Preset("monitor", "Monitor", {"sources": 264, "properties": 320, "calibration": 0, "jobs": 180, "log": 0}),
    Preset("calibrate", "Calibrate", {"sources": 240, "calibration": 440, "properties": 0, "jobs": 170, "log": 0}),
    Preset("faces", "Faces", {"sources": 220, "faces": 400, "properties": 0, "jobs": 150, "log": 0}, "viewer", "faces"),
    Preset(
        "actions",
        "Actions",
        {"sources": 220, "actions": 400, "properties": 0, "timeline": 270, "jobs": 0, "log": 0},
        "viewer",
        "actions",
    ),
    Preset("diffusion", "Diffusion", {"diffusion": 400, "jobs": 150, "log": 0}, "diffusion"),
)
