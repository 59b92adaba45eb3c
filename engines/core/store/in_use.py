"""Models of the store that are run now, as values: where the file lies on this machine, and how pictures go in."""

from __future__ import annotations

from engines.core.networks.in_use import ModelInUse
from engines.core.networks.preprocessing import Preprocessing
from engines.core.store.fetching import Shelf


def stored_in_use(name: str, title: str, feed: str, how: Preprocessing | None = None) -> tuple[ModelInUse, ...]:
    """() while the file is not on this machine. It is not read."""
    shelf = Shelf()
    file = shelf.file(name)
    path = shelf.where(file)
    return () if path is None else (ModelInUse(title, str(path), file.sha256, how, feed),)
