"""`main.py faces`: galleries: enrol, identify, forget, list, export, protect."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
