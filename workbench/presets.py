"""Presets: which docks are in front for which work. Ctrl+1, Ctrl+2, in the order of the table."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preset:
    """docks: those to show with their size in pixels (0: as it is), the first of each area in front."""

    id: str
    title: str
    docks: dict[str, int] = field(default_factory=dict)


PRESETS: tuple[Preset, ...] = (
    Preset("monitor", "Monitor", {"sources": 264, "properties": 320, "calibration": 0, "jobs": 180, "log": 0}),
    Preset("calibrate", "Calibrate", {"sources": 240, "calibration": 440, "properties": 0, "jobs": 170, "log": 0}),
)
