"""`main.py faces`: films and pictures whose faces are covered."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
