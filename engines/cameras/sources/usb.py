"""Lists the cameras of this machine by name."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from engines.cameras.types import UsbCamera
from engines.core.words import tr

PATIENCE = 2.0
"""Seconds after which a driver that does not answer is left alone."""

NODES = Path("/sys/class/video4linux")


def list_cameras(patience: float = PATIENCE) -> list[UsbCamera]:
    """The cameras the system lists; empty when there are none, or when it does not answer within `patience` seconds."""
    found: list[UsbCamera] = []
    thread = Thread(target=lambda: found.extend(_enumerate()), name="listing cameras", daemon=True)
    thread.start()
    thread.join(patience)
    return list(found)


def _enumerate() -> list[UsbCamera]:
    try:
        from cv2_enumerate_cameras import enumerate_cameras

        listed = [(info.name or "", info.path, int(info.index), int(info.backend)) for info in enumerate_cameras()]
    except Exception:  # whatever a driver or a missing service makes of it, there is no camera to offer
        return []
    cameras: dict[str, UsbCamera] = {}
    for name, path, index, backend in listed:
        if not _gives_pictures(path):
            continue
        number, backend = (index - backend, backend) if index >= backend > 0 else (index, backend)
        cameras.setdefault(
            path or str(number), UsbCamera(name or tr("Camera {number}", number=number), str(number), backend)
        )
    return list(cameras.values())


def _gives_pictures(path: str | None) -> bool:
    """On Linux a camera has several nodes, and only its first gives pictures; elsewhere every entry is a camera."""
    node = NODES / Path(path or "").name / "index"
    try:
        return node.read_text(encoding="ascii").strip() == "0"
    except OSError:
        return True
