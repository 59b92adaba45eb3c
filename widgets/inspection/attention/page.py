"""The page of attention: a layer's map over the picture, a patch chosen by a click, and its heads side by side."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import Qt

from engines.core.words import tr
from engines.inspection.looks import AttentionLook, Map
from widgets.charts.patch_maps import HeadStrip, PatchMap
from widgets.inspection.attention import words
from widgets.inspection.live_page import LivePage, Wanted, rgb
from widgets.inspection.state import InspectionView
from widgets.kit.card_columns import Beside
from widgets.kit.fields import wrapped
from widgets.kit.form import say
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import PlainButton, QuietButton, Segmented
from widgets.kit.save_file import ask_file, save_or_say

WIDTHS = (344, 520, 0.36)
NONE = tr("This model has no layers of attention; its other pages show what it sees.")
FORMATS = "PNG (*.png);;SVG (*.svg);;CSV (*.csv)"


class AttentionPage(LivePage):
    """A click on a patch asks for its row; a click on a head for that head, once more for the mean of all."""

    def __init__(self) -> None:
        super().__init__(tr("to see its attention"))
        self.look: AttentionLook | None = None
        self._head = -1
        self._make_parts()
        self._lay_out()
        self._wire()

    def lacking(self, view: InspectionView) -> tuple[str, str, Wanted]:
        sheet = view.model.sheet
        if sheet is not None and sheet.graph is not None and not sheet.attends:
            return NONE, tr("Open another model"), "model"
        return super().lacking(view)

    def show_state(self, view: InspectionView) -> None:
        look = self.show_live(view)
        for part in (self.kind, self.heat, self.export):
            part.setVisible(look is not None)
        if isinstance(look, AttentionLook):
            self.kind.set_value(view.look.spec.map)
            self._show(look, view.look.spec.head)

    def save(self) -> None:
        """The picture under its map, as a file."""
        if path := ask_file(self, tr("Export attention"), "export", FORMATS, "attention.png"):
            save_or_say(self, path, self.map.save)

    def _show(self, look: AttentionLook, head: int) -> None:
        if look is self.look and head == self._head:
            return
        self.look, self._head = look, head if 0 <= head < len(look.heads) else -1
        say_value = partial(words.value_words, look.kind)
        self.map.set_words(say_value)
        self.map.set_title(words.title_words(look))
        self.map.show_map(look.map, _top(look), self._patch(look), rgb(look.seen.picture))
        self.heads.show_heads(list(look.heads), self._head, words.head_words(look))
        self.title.setText(look.seen.layer)
        self.state.setText(words.state_words(look, head))
        self.token.setVisible(look.extra > 0)
        self.token.setChecked(look.token[0] < 0)
        say(self.what, words.TIPS[look.kind] + ".")
        say(self.spread, words.spread_words(look, self._head))
        say(self.note, f"{look.note}." if look.note else "")
        self.map.setAccessibleDescription(f"{words.title_words(look)}. {self.spread.text()}")

    @staticmethod
    def _patch(look: AttentionLook) -> int:
        """Number of the patch whose row it is, -1 for the class token."""
        row, column = look.token
        return row * look.grid[1] + column if row >= 0 else -1

    def _choose(self, patch: int) -> None:
        """A patch, -1 for the class token: its row is shown, or what it takes through all layers."""
        if self.look is not None:
            kind: Map = self.look.kind if self.look.kind in ("row", "rollout") else "row"
            unit = divmod(patch, self.look.grid[1]) if patch >= 0 else (-1, -1)
            self.edited.emit({"unit": unit, "map": kind})

    def _make_parts(self) -> None:
        self.kind = Segmented(tr("Map"), words.MAPS, tip=tr("What is shown of each patch"))
        self.heat = QuietButton(tr("Heat"), "", tr("The map over the picture, or the picture alone"), checkable=True)
        self.heat.setChecked(True)
        self.export = PlainButton(tr("Export"), "export", tr("The picture under its map, as PNG, SVG or CSV"))
        self.map = PatchMap(tr("Attention over the picture"), "", str, 204)
        self.token = QuietButton(tr("Class token"), "", tr("The row of the token before the patches"), checkable=True)
        self.heads = HeadStrip(most=4)
        self.what, self.spread, self.note = wrapped(), wrapped("muted"), wrapped("hint")

    def _lay_out(self) -> None:
        head = self.head_of(tr("Attention"), self.kind, self.heat, self.export)
        side = column_of(
            self.heads, self.what, self.spread, held(row_of(self.token, None)), self.note, None, spacing=8
        )  # fmt: skip
        for part in (self.what, self.spread, self.note):
            part.setAlignment(Qt.AlignmentFlag.AlignTop)
        body = Beside(self.map, held(side), WIDTHS, margins=(12, 0, 12, 8))
        self.lay_out(head, self.body_of(self.empty_state(), body))

    def _wire(self) -> None:
        self.kind.chosen.connect(lambda kind: self.edited.emit({"map": kind}))
        self.heat.toggled.connect(self.map.set_heat)
        keep("inspection.attention", heat=self.heat)
        self.map.chosen.connect(self._choose)
        self.token.clicked.connect(lambda: self._choose(-1))
        self.heads.chosen.connect(lambda head: self.edited.emit({"head": -1 if head == self._head else head}))
        self.export.clicked.connect(self.save)


def _top(look: AttentionLook) -> float:
    """The end of the scale: of entropies what is possible, of all else what is there."""
    tokens = look.grid[0] * look.grid[1] + look.extra
    return math.log(max(tokens, 2)) if look.kind == "entropy" else float(look.map.max(initial=0.0)) or 1.0
