"""Models that are known to the last bit: how pictures go into them, as the engines that use them feed them."""

from __future__ import annotations

from pathlib import Path

from engines.actions import in_use as actions
from engines.core.store.preparing import file_hash
from engines.core.store.registry import REGISTRY
from engines.faces import in_use as faces

LITE0 = "efficientnet-lite0"
PREPROCESSING = {**actions.PREPROCESSING, **faces.PREPROCESSING}
"""By name in the model store."""


def known_as(path: Path) -> str:
    """The name in the model store of a file with the same bytes, wherever it lies; "" for any other."""
    if not path.is_file():
        return ""
    size = path.stat().st_size
    same = [file for file in REGISTRY.values() if file.bytes == size]
    digest = file_hash(path) if same else ""
    return next((file.name for file in same if file.sha256 == digest), "")
