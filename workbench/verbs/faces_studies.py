"""`main.py faces`: measurements: verify, evaluate, open-set, audit."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add these commands to `faces`."""
