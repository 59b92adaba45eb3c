"""`main.py faces`: heads that are trained."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
