"""Options that several verbs of actions share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from engines.core.frame_ranges import parsed as parsed

FRAMES = "Frames A:B, from A up to B, B not included, counted from 0."
Frames: TypeAlias = Annotated[str, typer.Option(help=FRAMES, show_default="all")]
Video: TypeAlias = Annotated[str, typer.Option(help="What was labelled: its frame times.", show_default=False)]
Threshold: TypeAlias = Annotated[float, typer.Option(help="Probability at which an event starts.")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="One JSON object and nothing else.")]
