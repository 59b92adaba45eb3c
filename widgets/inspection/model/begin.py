"""What can be opened again, under the empty Model page: files that were open before, models that other panels run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.core.networks.in_use import ModelInUse
from engines.core.words import tr
from widgets.kit.fields import QuietButton
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held
from widgets.kit.when_new import when_new
from widgets.kit.words import file_name

MOST = 6


class Begin(QWidget):
    """`openWanted(path)`."""

    openWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[QuietButton] = []
        self._column = column_of(spacing=12)
        self.setLayout(self._column)

    @when_new
    def show_files(self, recent: tuple[str, ...], in_use: tuple[ModelInUse, ...]) -> None:
        """Newest first; hidden where there is neither."""
        while (item := self._column.takeAt(0)) is not None:
            gone = item.widget()
            assert gone is not None
            gone.deleteLater()
        self.buttons = []
        opened = [self._button(file_name(path), path, path) for path in recent[:MOST]]
        used = [
            self._button(one.title, one.path, tr("The file that it runs now: {path}", path=one.path))
            for one in in_use[:MOST]
        ]
        for title, buttons in ((tr("In use now"), used), (tr("Opened before"), opened)):
            if buttons:
                self._column.addWidget(held(column_of(Label(title, "label"), *buttons, spacing=2)))
        self.setVisible(bool(opened or used))

    def _button(self, text: str, path: str, tip: str) -> QuietButton:
        button = QuietButton(text, "inspector", tip)
        button.clicked.connect(lambda: self.openWanted.emit(path))
        self.buttons.append(button)
        return button
