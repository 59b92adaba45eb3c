"""The place in the middle of the window: the viewer, or the start page while there is nothing to view."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from widgets.shell.start.page import StartPage


class ViewerPlace(QStackedWidget):
    """`page` is made when it is first needed; `made` says so."""

    made = Signal()

    def __init__(self, viewer: QWidget) -> None:
        super().__init__()
        self.page: StartPage | None = None
        self.addWidget(viewer)

    @property
    def starts(self) -> bool:
        """Whether the start page is what is shown here."""
        return self.currentIndex() == 1

    def show_start(self, on: bool) -> None:
        """The start page, or the viewer."""
        if on and self.page is None:
            self.page = StartPage()
            self.addWidget(self.page)
            self.made.emit()
        self.setCurrentIndex(int(on))

    def show_aimed(self, on: bool) -> None:
        """Something is being dragged over the window, or no longer."""
        if self.page is not None:
            self.page.show_aimed(on)
