"""The page of attention maps: the picture at a step under the row of a patch, mass and entropy and the heads beside."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.attention.types import Site
from engines.attention.watching.recording import Recording
from engines.attention.watching.tiling import MOST
from engines.core.errors import KinoscopeError
from engines.core.words import tr
from widgets.attention.see import words
from widgets.attention.see.keys import KeyBars
from widgets.attention.state import AttentionView
from widgets.attention.steps_bar import StepsBar
from widgets.charts.axes import figure
from widgets.charts.patch_maps import FOOT, HEAD, HeadStrip, PatchMap
from widgets.kit.card_columns import needed
from widgets.kit.fields import wrapped
from widgets.kit.form import say
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ChoiceField, EmptyState, PlainButton, QuietButton
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.work_page import WorkPage
from widgets.kit.work_state import Trouble

PERIOD_MS = 600
LARGE, SMALL = 204, 76
SIDE, MOST_SIDE = 336, 560
"""Width of what stands beside the picture."""


class SeePage(WorkPage):
    """Which layer, head, patch and step is looked at is the page's own. `watchWanted(title, q, k, v)`: a head is to be
    gone through tile by tile. Its own `trouble` is a recording that cannot be read.
    """

    watchWanted = Signal(str, object, object, object)

    def __init__(self) -> None:
        super().__init__(cancel=tr("Cancel sampling"))
        self.recording: Recording | None = None
        self.site = self.head = self.patch = 0
        self.kernels = ""
        self._make_parts()
        self._lay_out()
        self._wire()

    @property
    def step(self) -> int:
        """Of the sampler, from 0."""
        assert self.recording is not None
        return self.recording.steps[self.bar.place]

    def show_state(self, view: AttentionView) -> None:
        seen = view.see
        self.progress.show_busy(seen.busy)
        self.show_there(seen.recording is not None)
        for part in (self.layer, self.heat, self.watch, self.export):
            part.setVisible(seen.recording is not None)
        if seen.recording is self.recording or seen.recording is None:
            return
        self.recording = seen.recording
        self.title.setText(seen.recording.made)
        self.layer.set_choices([(str(at), words.site_words(site)) for at, site in enumerate(seen.recording.sites)])
        self.layer.setMinimumWidth(needed(self.layer))
        self.bar.set_places(len(seen.recording.steps) - 1, (len(seen.recording.steps) - 1) // 2)
        result = seen.result
        self.kernels = words.kernel_words(result.kernels) if result is not None else ""
        say(self.notes, ". ".join(result.notes) if result is not None else "")
        self._look_at(site=min(self.site, len(seen.recording.sites) - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.bar.keyed(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The small maps are squares, and all that is told stands right below them."""
        wide = min(max(SIDE, round(0.36 * self.width())), MOST_SIDE)
        self._side.setFixedWidth(wide)
        for shown in (self.received, self.spread):
            shown.setMaximumHeight((wide - 12) // 2 + HEAD + FOOT)
        super().resizeEvent(event)

    def save(self) -> None:
        """The picture under its map, as a file."""
        if path := ask_file(
            self, tr("Save picture"), "export", "PNG (*.png);;SVG (*.svg);;CSV (*.csv)", "attention.png"
        ):
            save_or_say(self, path, self.map.save)

    def _look_at(self, site: int | None = None, head: int | None = None, patch: int | None = None) -> None:
        """Another layer, head or patch; what is not said stays, where it is there."""
        if self.recording is None:
            return
        self.site = self.site if site is None else site
        found = self.recording.sites[self.site]
        if site is not None:
            self.layer.set_value(str(site))
            patch = self.patch if self.patch and self.patch < found.tokens else _middle(found)
        self.head = min(self.head if head is None else head, found.heads - 1)
        self.patch = min(self.patch if patch is None else patch, found.tokens - 1)
        self._show()

    def _show(self) -> None:
        if self.recording is None:
            return
        try:
            self._show_step(self.recording, self.recording.sites[self.site])
            self.trouble.show_trouble(None)
        except KinoscopeError as error:
            self.bar.stop()
            trouble = Trouble(error.message, tr("The attention cannot be shown"), error.hint, error.path or "")
            self.trouble.show_trouble(trouble)

    def _show_step(self, recording: Recording, site: Site) -> None:
        step, at = self.step, self.site
        rows = [recording.row(step, at, head, self.patch).reshape(site.grid) for head in range(site.heads)]
        mass, entropy = recording.mass(step, at)[self.head], recording.entropy(step, at)[self.head]
        row = rows[self.head]
        self.map.set_title(tr("Taken by {place_words}", place_words=words.place_words(site, self.patch)))
        self.map.show_map(row, float(row.max()), self.patch, recording.picture(step))
        self.received.show_map(mass.reshape(site.grid), float(mass.max()), self.patch)
        self.spread.show_map(entropy.reshape(site.grid), math.log(max(site.tokens, 2)), self.patch)
        self.heads.show_heads(rows, self.head)
        self._say(recording, site, row.ravel(), float(entropy[self.patch]), float(mass[self.patch]))

    def _say(self, recording: Recording, site: Site, row: words.Values, entropy: float, received: float) -> None:
        last = len(recording.sigmas) - 1
        moment = words.moment_words(recording, self.step)
        by = tr(", by {kernels}", kernels=self.kernels) if self.kernels else ""
        self.state.setText(
            tr(
                "{site}, head {head} of {heads}, {tokens} patches{by}",
                site=words.site_words(site),
                head=self.head + 1,
                heads=site.heads,
                tokens=site.tokens,
                by=by,
            )
        )
        self.bar.say(moment, tr("Step {last} of {last}, noise level 0.00000", last=last))
        self.spread_words.setText(words.row_words(site, entropy, received))
        self.strongest.show_keys(words.strongest(site, row))
        self.map.setAccessibleDescription(words.told(site, self.head, self.patch, row, entropy))
        self.watch.setEnabled(site.tokens <= MOST)

    def _watch(self) -> None:
        if self.recording is None:
            return
        site = self.recording.sites[self.site]
        title = tr(
            "{site}, head {head}, step {step}", site=words.site_words(site), head=self.head + 1, step=self.step + 1
        )
        self.watchWanted.emit(title, *self.recording.inputs(self.step, self.site, self.head))

    def _make_parts(self) -> None:
        self.layer = ChoiceField(tr("Layer"), tip=tr("An attention layer of the network"))
        self.heat = QuietButton(tr("Heat"), "", tr("The map over the picture, or the picture alone"), checkable=True)
        self.heat.setChecked(True)
        self.watch = PlainButton(tr("Watch this head"), "play", tr("Go through its attention tile by tile"))
        self.export = PlainButton(tr("Save\u2026"), "export", tr("The picture under its map, as PNG, SVG or CSV"))
        self.map = PatchMap(tr("Attention of a patch over the picture"), "", words.share_words, LARGE)
        self.received = PatchMap(tr("Received by each patch"), tr("Received, 1 is even"), figure, SMALL)
        self.spread = PatchMap(tr("Entropy of the row of each patch"), tr("Entropy of its row"), _nats, SMALL)
        self.heads = HeadStrip()
        self.spread_words, self.strongest = wrapped(), KeyBars()
        self.spread_words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.notes = Label("", "hint", wraps=True)
        self.bar = StepsBar(tr("Step"), tr("Click or drag to another step of the sampler"), PERIOD_MS)

    def _lay_out(self) -> None:
        self.trouble.close_button.hide()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        empty = EmptyState(
            tr("See what the layers of a network look at while it samples."), tr("Sample"), "attention",
            tr("Draw one sample and keep what its attention layers do"),
        )  # fmt: skip
        head = self.head_of(tr("Attention maps"), self.layer, self.heat, self.watch, self.export)
        self._side = self._make_side()
        body = row_of((self.map, 1), self._side, spacing=16, margins=(12, 0, 12, 0))
        results = column_of((body, 1), self.bar, spacing=8, margins=(0, 0, 0, 8))
        self.bar.setContentsMargins(12, 0, 12, 0)
        self.lay_out(head, self.body_of(empty, held(results)))

    def _make_side(self) -> QWidget:
        maps = row_of((self.received, 1), (self.spread, 1), spacing=12)
        figures = row_of((self.spread_words, 1), (self.strongest, 1), spacing=12)
        return held(column_of(self.heads, (maps, 1), figures, self.notes, (None, 0), spacing=8))

    def _wire(self) -> None:
        self.bar.moved.connect(lambda _place: self._show())
        self.layer.chosen.connect(lambda id: self._look_at(site=int(id)))
        self.heads.chosen.connect(lambda head: self._look_at(head=head))
        for shown in (self.map, self.received, self.spread):
            shown.chosen.connect(lambda patch: self._look_at(patch=patch))
        self.heat.toggled.connect(self.map.set_heat)
        keep("see", heat=self.heat)
        self.watch.clicked.connect(self._watch)
        self.export.clicked.connect(self.save)


def _middle(site: Site) -> int:
    rows, columns = site.grid
    return rows // 2 * columns + columns // 2


def _nats(value: float) -> str:
    return f"{value:.2f} nats" if value else "0"
