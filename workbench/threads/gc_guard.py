"""Python's cyclic garbage is collected in the window's thread only.

Left alone, the collector runs in whichever thread happens to allocate, a feed's or a worker's; a `QObject` or
`QTimer` that sits in a cycle is then destroyed there, while the window's thread delivers events to it. (Widgets are
spared: PySide hands those over. Measured with 6.11.)

What the application starts with (modules, the window itself) stays to its end and is set aside: going through a
quarter of a million such objects again and again held the window for a tenth of a second each time.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

PERIOD_MS = 500


class Garbage(QObject):
    """Collects from the event loop of the thread that made it, until closed. One for the application."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        self._set_aside = False
        gc.disable()
        self._timer = QTimer(self, interval=PERIOD_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> int:
        """Do what the collector would have done; how many generations it took."""
        due = [count > limit > 0 for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if not due[0]:
            return 0
        oldest = 1 + due[1] + (due[1] and due[2])
        gc.collect(oldest - 1)
        return oldest

    def set_aside(self) -> None:
        """What there is now is not looked through any more. Call it when the window is made."""
        self._set_aside = True
        gc.freeze()

    def close(self) -> None:
        """Let Python collect where it likes again; may be called again."""
        self._timer.stop()
        if self._set_aside:
            gc.unfreeze()
        if self._was_on:
            gc.enable()
