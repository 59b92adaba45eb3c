"""What a camera is called in sentences."""

from __future__ import annotations


def called(name: str) -> str:
    """A camera in a sentence: 'camera left', and 'camera 2' where that is its name."""
    return name if name.casefold().startswith("cam") else f"camera {name}"
