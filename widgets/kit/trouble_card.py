"""A card for a failure: what happened, to which file, what to do; it fetches what is missing or tries again."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout

from engines.core.words import tr
from widgets.kit.fields import wrapped
from widgets.kit.icons import IconMark
from widgets.kit.layouts import row_of
from widgets.kit.lengths.units import UNITS, in_units
from widgets.kit.panel import ElidedLabel, PlainButton, QuietButton, describe
from widgets.kit.work_state import NOTHING_MISSING, Trouble

MEGA = 1e6


class TroubleCard(QFrame):
    """Hidden while there is none."""

    fetchWanted = Signal()
    retryWanted = Signal(object)
    logWanted = Signal()
    dismissed = Signal()

    def __init__(self, *, narrow: bool = False, titled: bool = True) -> None:
        """narrow: the buttons below the words. titled: False where the title stands above the card already."""
        super().__init__()
        self.setProperty("role", "card")
        self._shown: tuple[Trouble | None, int] = (None, 0)
        self._mark = IconMark("bad", "bad")
        self.title, self.hint = wrapped("heading"), wrapped("muted")
        self.what = wrapped("" if titled else "heading")
        self.title.setParent(self)
        self.title.setVisible(titled)
        self.where = ElidedLabel("", "hint", Qt.TextElideMode.ElideMiddle)
        self.where.given = True
        self.fetch = PlainButton(tr("Fetch"), "download", tr("Download what is missing; licence and hash are checked"))
        self.retry = PlainButton(tr("Try again"))
        self.log = QuietButton(tr("Log"), "log", tr("What was done, step by step"))
        self.close_button = QuietButton("", "close", tr("Hide this message"), name=tr("Hide this message"))
        self.fetch.clicked.connect(self.fetchWanted)
        self.retry.clicked.connect(self._retry)
        self.log.clicked.connect(self.logWanted)
        self.close_button.clicked.connect(self.dismissed)
        self._lay_out(narrow, titled)
        UNITS.changed.connect(self._say)
        self.hide()

    def show_trouble(self, trouble: Trouble | None, missing: Mapping[str, int] = NOTHING_MISSING) -> None:
        """`missing`: model-store files that are not here, with their size in bytes."""
        size = sum(missing.get(name, 0) for name in trouble.fetch) if trouble is not None else 0
        if (trouble, size) == self._shown:
            return
        self._shown = trouble, size
        self.setVisible(trouble is not None)
        if trouble is None:
            return
        self.title.setText(trouble.title)
        self.where.setText(trouble.path)
        self._say()
        for label, text in ((self.where, trouble.path), (self.hint, trouble.hint)):
            label.setVisible(bool(text))
        self.fetch.setVisible(bool(trouble.fetch))
        self.fetch.setText(fetch_words(size))
        describe(
            self.fetch, fetch_words(size), tr("Download {fetch}; every hash is checked", fetch=", ".join(trouble.fetch))
        )
        self.retry.setVisible(trouble.retry is not None)
        if trouble.retry is not None:
            self.retry.setText(trouble.retry_words)
            describe(self.retry, trouble.retry_words, tr("Run it again with what would fit"))

    def _say(self) -> None:
        """What may tell a length."""
        trouble, _size = self._shown
        if trouble is not None:
            self.what.setText(in_units(trouble.what))
            self.hint.setText(in_units(trouble.hint))
            describe(self, f"{trouble.title}. {self.what.text()}", self.hint.text())

    def _retry(self) -> None:
        trouble, _size = self._shown
        if trouble is not None:
            self.retryWanted.emit(trouble.retry)

    def _lay_out(self, narrow: bool, titled: bool) -> None:
        first, *more = (*((self.title,) if titled else ()), self.what, self.where, self.hint)
        actions = row_of(self.fetch, self.retry, self.log, spacing=4)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 4, 10)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4 if narrow else 2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._mark, 0, 0)
        grid.addWidget(first, 0, 1)
        for row, label in enumerate(more, start=1):
            grid.addWidget(label, row, 1, 1, 2 if narrow else 1)
        if narrow:
            actions.addStretch(1)
            grid.addWidget(self.close_button, 0, 2, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(actions, 4, 1, 1, 2)
        else:
            actions.addWidget(self.close_button)
            grid.addLayout(actions, 0, 2, 2, 1, Qt.AlignmentFlag.AlignTop)


def fetch_words(size: int) -> str:
    """'Fetch 38.9 MB', or 'Fetch' where the size is not known."""
    return tr("Fetch {size:.1f} MB", size=size / MEGA) if size else tr("Fetch")
