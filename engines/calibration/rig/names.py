"""How sentences call a camera, and how a rig's reference says that it is a frame: whose board lies on the floor."""

from __future__ import annotations

from engines.core.words import tr

FLOOR = "frame:"
"""How a reference begins that is a frame, not a camera."""


def called(name: str) -> str:
    """A camera in a sentence: 'camera left', and 'camera 2' where that is its name."""
    return name if name.casefold().startswith("cam") else tr("camera {name}", name=name)


def floor_frame(reference: str) -> str | None:
    """The frame that a reference names, None where it is a camera."""
    return reference.removeprefix(FLOOR) if reference.startswith(FLOOR) else None
