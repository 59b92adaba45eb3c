"""The option --frames of the verbs: A:B, half open, counted from 0."""

from __future__ import annotations

from engines.core.frame_ranges import parsed as parsed

HELP = "Frames A:B, from A up to B, B not included, counted from 0."
