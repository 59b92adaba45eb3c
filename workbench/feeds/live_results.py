"""What the live engines of all features say, for whoever joins it: a feature hears another without knowing it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class LiveResults(QObject):
    """`came(feature, path, result)`: the newest result of a feature's live engine at a feed or tile. Pictures are not
    in it. `ended(feature, path)`: it looks there no more."""

    came = Signal(str, str, object)
    ended = Signal(str, str)
