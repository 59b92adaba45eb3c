"""Checks of what a person meets: names, keys, order, cut words. The tour reports them at every stop, tests use them.

Each takes the root of a tree of widgets and gives sentences, none where all is well. What is hidden is looked at for
names and keys too, since it may be shown later; what is cut or out of order only where it is seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractListModel, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QCompleter,
    QDockWidget,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTableView,
    QTextEdit,
    QWidget,
)

from widgets.kit.access.roles import KEYS, TYPED, is_painted_control, overrides
from widgets.kit.access.tabs import takes_tab
from workbench.tour.charts import unread
from workbench.tour.cut import cut
from workbench.tour.told import untranslated
from workbench.tour.written import written

__all__ = ["cut", "disordered", "nameless", "order", "problems", "unreachable", "unread", "untranslated"]

INPUTS = (
    QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView, QPlainTextEdit,
    QTextEdit, QTabBar, QGraphicsView,
)  # fmt: skip
WHOLE = (QComboBox, QAbstractSpinBox, QLineEdit, QMenu, QAbstractItemView, QCompleter)
"""Controls that Qt builds of parts: the parts are not controls of their own."""
SPEECHLESS = {QAccessible.Role.NoRole, QAccessible.Role.Client}
ROWS = 40
"""So many rows of a list are looked at."""
SAME_LINE = 0.5
"""Share of the lower control's height that two must have in common to stand in one line."""


def problems(root: QWidget) -> list[str]:
    """All of them, each with its kind before it."""
    kinds = {
        "no name": nameless,
        "no key": unreachable,
        "out of order": disordered,
        "cut": cut,
        "chart": unread,
        "not translated": untranslated,
    }
    return [f"{kind}: {what}" for kind, check in kinds.items() for what in check(root)] + written(root)


def nameless(root: QWidget) -> list[str]:
    """Controls that a screen reader has no word or no role for; so with tabs, rows of lists and entries of menus."""
    bad = [f"{called(part)}: {lack}" for part in controls(root) if (lack := _lack(part))]
    bad += [f"{called(part)}: {what}" for part in controls(root) for what in _silent_parts(part)]
    return bad + [f"a menu of {called(menu)}: an entry" for menu in _every(root, QMenu) if _wordless(menu)]


def unreachable(root: QWidget) -> list[str]:
    """Controls that no key leads to, that keys do nothing with, or that Tab does not leave."""
    bad = [f"{called(part)}: {why}" for part in controls(root) if (why := _closed(part))]
    return bad + [f"{called(part)}: Tab does not leave it" for part in controls(root) if _keeps_tab(part)]


def disordered(root: QWidget) -> list[str]:
    """Pairs that Tab goes through against the eye, which reads from top to bottom and from left to right."""
    shown = order(root)
    pairs = zip(shown, shown[1:], strict=False)
    return [f"{called(first)}, then {called(second)}" for first, second in pairs if _against(first, second, root)]


def order(root: QWidget) -> list[QWidget]:
    """What Tab goes through, as it is seen now."""
    found: list[QWidget] = []
    part = root.window().nextInFocusChain()
    while part is not None and part is not root.window():
        if takes_tab(part) and part.isVisible() and part.isEnabled() and (part is root or root.isAncestorOf(part)):
            found.append(part)
        part = part.nextInFocusChain()
    return _begun(found, root) if root.isWindow() and root.windowType() == Qt.WindowType.Dialog else found


def _begun(round: list[QWidget], root: QWidget) -> list[QWidget]:
    """Tab goes round: a dialog's round begins where it is read first."""
    places = [_place(part, root) for part in round]
    firsts = (at for at, place in enumerate(places) if not any(_backwards(place, other) for other in places))
    start = next(firsts, 0)
    return round[start:] + round[:start]


def controls(root: QWidget) -> list[QWidget]:
    """Everything that is there to be used, hidden or not."""
    return [part for part in _every(root, QWidget) if _is_control(part)]


def called(part: QWidget) -> str:
    """A widget in words that lead to it: class, name, and where it stands."""
    above = part.parentWidget()
    while above is not None and not (above.accessibleName() or above.windowTitle()):
        above = above.parentWidget()
    within = (above.accessibleName() or above.windowTitle()) if above is not None else ""
    name = part.accessibleName() or getattr(part, "text", str)() or part.objectName()
    return f"{type(part).__name__} '{name}'" + f" in '{within}'" * bool(within)


def _every(root: QWidget, kind: type[QWidget]) -> Iterator[QWidget]:
    if isinstance(root, kind):
        yield root
    yield from root.findChildren(kind)


def _is_control(part: QWidget) -> bool:
    if (
        isinstance(part, (QScrollBar, QHeaderView))
        or _is_part(part)
        or (isinstance(part, QTabBar) and not part.count())
    ):
        return False
    return isinstance(part, INPUTS) or (is_painted_control(part) and not isinstance(part, QDockWidget))


def _is_part(part: QWidget) -> bool:
    """What Qt builds a control of, and the buttons it gives a dock without a head of its own."""
    above = part.parentWidget()
    while above is not None and not isinstance(above, WHOLE):
        above = above.parentWidget()
    return above is not None or part.objectName().startswith("qt_") or type(part).__name__ == "QDockWidgetTitleButton"


def _lack(part: QWidget) -> str:
    said = QAccessible.queryAccessibleInterface(part)
    if said is None:
        return "nothing to ask"
    name = part.accessibleName() or said.text(QAccessible.Text.Name)  # of tabs Qt says the one that is chosen
    return "no name" if not name.strip() else "no role" if said.role() in SPEECHLESS else ""


def _silent_parts(part: QWidget) -> list[str]:
    if isinstance(part, QTabBar):
        return [f"tab {at}" for at in range(part.count()) if not (part.tabText(at) or part.accessibleTabName(at))]
    if isinstance(part, QAbstractItemView) and part.model() is not None:
        return [f"row {row}" for row in range(min(part.model().rowCount(), ROWS)) if not _row_says(part, row)]
    return []


def _row_says(view: QAbstractItemView, row: int) -> bool:
    model, roles = view.model(), (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(view.rootIndex())
    cells = [model.index(row, column, view.rootIndex()) for column in range(columns)]
    return any(str(model.data(cell, role) or "").strip() for cell in cells for role in roles) or not any(
        model.flags(cell) & Qt.ItemFlag.ItemIsEnabled for cell in cells
    )


def _wordless(menu: QWidget) -> bool:
    return any(not (action.text() or action.isSeparator()) for action in _actions(menu))


def _actions(menu: QWidget) -> list[QAction]:
    return [action for action in menu.actions() if type(action) is QAction]


def _closed(part: QWidget) -> str:
    """Why no key leads to it, or none does anything there; "" where one does."""
    if part.property(KEYS):
        return ""
    if not takes_tab(part) and part.focusProxy() is None and not _beside_chosen(part):
        return "Tab passes it by"
    return "" if isinstance(part, INPUTS) or overrides(part, TYPED) else "it takes the mouse and no key"


def _beside_chosen(part: QWidget) -> bool:
    """One of a few of which one is chosen: Tab goes to that, arrow keys from there."""
    if not isinstance(part, QAbstractButton):
        return False
    group = part.group()
    others = group.buttons() if group is not None and group.exclusive() else []
    around = part.parentWidget()
    if isinstance(part, QRadioButton) and part.autoExclusive() and around is not None:
        others = around.findChildren(QRadioButton)
    return any(takes_tab(other) for other in others)


def _keeps_tab(part: QWidget) -> bool:
    if isinstance(part, QTableView):
        return part.tabKeyNavigation()
    editor = isinstance(part, (QPlainTextEdit, QTextEdit)) and not part.isReadOnly()
    return editor and not part.tabChangesFocus()  # type: ignore[union-attr]


def _against(first: QWidget, second: QWidget, root: QWidget) -> bool:
    """Both are within one part of the window, where the second is read before the first."""
    above = first.parentWidget()
    while above is not None and above is not root and not above.isAncestorOf(second):
        above = above.parentWidget()
    if above is None or (above is root.window() and root.windowType() != Qt.WindowType.Dialog):
        return False
    return _backwards(_place(first, above), _place(second, above))


def _place(part: QWidget, above: QWidget) -> QRect:
    """Where a widget is on one above it; one in a page that scrolls is where the page is."""
    seen, around = part, part.parentWidget()
    while around is not None and around is not above:
        if isinstance(around, QScrollArea):
            seen = around
        around = around.parentWidget()
    return QRect(seen.mapTo(above, QPoint(0, 0)), seen.size())


def _backwards(first: QRect, second: QRect) -> bool:
    """The second is read before the first: left of it in one line, or above it and not in a column of its own."""
    common = min(first.bottom(), second.bottom()) - max(first.top(), second.top())
    if common > SAME_LINE * min(first.height(), second.height()):
        return second.center().x() < first.left()
    return second.bottom() <= first.top() and second.left() < first.right()
