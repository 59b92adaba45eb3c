"""The controls of pages that set two calibrations side by side: which is the first, which the second, and swap."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import PlainButton, columns
from widgets.kit.path_row import PathRow

NOTHING = tr("Choose a file")


class TwoFiles(QWidget):
    """Rows whose buttons ask for files; `first.clear` goes back to what the panel shows, which is called `this`.

    across: one beside the other instead of below it.
    """

    def __init__(self, this: str, *, across: bool = False) -> None:
        super().__init__()
        self._this = this
        self.first = PathRow(tr("First"), this, tr("Another calibration as the first one"), clears=True)
        self.second = PathRow(tr("Second"), NOTHING, tr("The calibration to set beside it"))
        self.swap = PlainButton(tr("Swap"), "retry", tr("The first one as the second"))
        if across:
            self.setLayout(row_of((columns(self.first, self.second, spacing=16), 1), self.swap, spacing=16))
        else:
            self.setLayout(column_of(self.first, self.second, row_of(None, self.swap), spacing=12))

    def show_files(self, first: str, second: str) -> None:
        """Paths, "" for what the panel shows and for none yet."""
        self.first.show_path(first, self._this)
        self.second.show_path(second, NOTHING)
        self.swap.setEnabled(bool(first))
