"""The base of a page about one piece of work: head, empty state or results, trouble, progress with cancel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QBoxLayout, QLayout, QScrollArea, QSizePolicy, QStackedWidget, QWidget

from engines.core.words import tr
from widgets.kit.access.tabs import order_tabs
from widgets.kit.card_columns import Flow
from widgets.kit.labels import StateLine
from widgets.kit.layouts import column_of, held, row_of, styled, turn
from widgets.kit.panel import ElidedLabel, EmptyState
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.work_parts import BusyLine, Framed

LEAST_RESULTS = 140
"""Pixels of results that scroll by themselves, at the least."""
LEAST_WORDS = 160
"""Pixels that title and state have at the least beside the buttons of a head."""


class _OneOf(QStackedWidget):
    """Needs no more room than the page that is shown: results that are not there yet make nothing scroll."""

    def __init__(self, *pages: QWidget) -> None:
        super().__init__()
        self._wanted = [page.sizePolicy() for page in pages]
        for page in pages:
            self.addWidget(page)
        self.currentChanged.connect(self._fit)
        self._fit()

    def sizeHint(self) -> QSize:
        """Results that scroll by themselves ask for little: the page around them would scroll as well."""
        wanted = super().sizeHint()
        if not isinstance(self.currentWidget(), QScrollArea):
            return wanted
        return QSize(wanted.width(), max(self.minimumSizeHint().height(), LEAST_RESULTS))

    def _fit(self) -> None:
        none = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        for at, wanted in enumerate(self._wanted):
            if (part := self.widget(at)) is not None:
                part.setSizePolicy(wanted if at == self.currentIndex() else none)


def _needed(page: QWidget, width: int) -> int:
    """Its least height at this width; a stack of pages asks for what the one that wants most would like."""
    layout = page.layout()
    if layout is not None and layout.hasHeightForWidth():
        return layout.minimumHeightForWidth(width)
    return max(page.minimumHeight(), page.minimumSizeHint().height())


class WorkPage(QWidget):
    """`lay_out` puts the parts in; whoever makes the page connects `progress.cancelled`, `empty.clicked` and so on.

    A page shows what went wrong by `trouble` only where the board above it does not. title and state are there once
    `head_of` was called, empty and body once `body_of` was.
    """

    title: StateLine | ElidedLabel
    state: StateLine | ElidedLabel
    empty: EmptyState
    body: QStackedWidget

    def __init__(self, *, cancel: str = tr("Cancel")) -> None:
        super().__init__()
        self.trouble, self.progress = TroubleCard(), BusyLine(cancel)
        self._head_row: QBoxLayout | None = None
        self._head_tools: QWidget | None = None

    @property
    def there(self) -> bool:
        """Whether results are shown in place of the empty state."""
        return self.body.currentIndex() == 1

    def show_there(self, on: bool) -> None:
        """Results, or the empty state."""
        self.body.setCurrentIndex(int(on))

    def head_of(self, title: str, *buttons: QWidget) -> QWidget:
        """Title and state at the left, buttons at the right."""
        self.title, self.state = StateLine("heading", 13), StateLine("muted", 13)
        self.title.setText(title)
        self.title.given = True
        self._head_tools = Flow(*buttons)
        self._head_row = row_of((column_of(self.title, self.state, spacing=2), 1), self._head_tools)
        self._head_row.setSpacing(8)
        self._head_row.setContentsMargins(12, 8, 8, 4)
        return held(self._head_row, "panel")

    def heightForWidth(self, width: int) -> int:
        """What it needs, not what it would like: a page that scrolls shrinks its pictures before it does."""
        layout = self.layout()
        if layout is None:
            return super().heightForWidth(width)
        needed = layout.minimumHeightForWidth(width)
        stack = getattr(self, "body", None)
        if stack is not None and stack.parentWidget() is self:
            needed += _needed(stack.currentWidget(), width) - stack.layout().minimumHeightForWidth(width)
        return needed

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit_head()
        return super().event(event)

    def _fit_head(self) -> None:
        """The buttons stand below the words where both have no room side by side."""
        if self._head_row is None or self._head_tools is None:
            return
        beside = self.width() >= self._head_tools.sizeHint().width() + LEAST_WORDS
        turn(self._head_row, beside, self._head_tools)

    def body_of(self, empty: EmptyState, results: QWidget) -> QWidget:
        """The empty state, or the results once `show_there` is told so."""
        self.empty, self.body = empty, _OneOf(empty, results)
        styled(self.body)
        return self.body

    def lay_out(self, *parts: QWidget | QLayout, roomy: QWidget | QLayout | None = None) -> None:
        """Parts from top to bottom between trouble and progress. roomy: what takes the room, the body if not told."""
        most = roomy or self.body
        shares = [(part, 1 if part is most else 0) for part in parts]
        self.setLayout(column_of(Framed(self.trouble, 8, 8), *shares, Framed(self.progress, 12, 6)))
        styled(self)
        order_tabs(self)
