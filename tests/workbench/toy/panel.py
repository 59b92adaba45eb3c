"""The toy's panel: one button, one figure."""

from __future__ import annotations

from PySide6.QtCore import Signal

from widgets.kit.panel import Panel, PlainButton


class ToyPanel(Panel):
    """`lookWanted` when the button is pressed."""

    lookWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Toy")
        button = PlainButton("Look", "chart", "Look at the chosen source, or stop")
        button.clicked.connect(self.lookWanted)
        self.add(button)

    def show_state(self, words: str, level: str) -> None:
        """One line in the head."""
        self.set_state(words, level)
