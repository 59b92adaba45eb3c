"""A model that some part of the program runs now, as others may know it: by its file, never by what is in memory."""

from __future__ import annotations

from dataclasses import dataclass

from engines.core.networks.preprocessing import Preprocessing


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """path: of its file, or its name in the model store. sha256: of the file, "" where nobody wrote it down. feed: path
    of what it looks at, "" for nothing. preprocessing: None where pictures do not go in as they are."""

    title: str
    path: str
    sha256: str = ""
    preprocessing: Preprocessing | None = None
    feed: str = ""
