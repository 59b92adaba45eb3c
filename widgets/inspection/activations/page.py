"""The page of feature maps: all of a layer, one over the picture, figures of the layer, a clip's best frames."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from engines.core.words import tr
from engines.inspection.looks import ActivationLook
from engines.inspection.studies import ExciteResult
from widgets.charts.axes import figure
from widgets.charts.patch_maps import PatchMap
from widgets.inspection.activations import words
from widgets.inspection.activations.atlas import MapsAtlas, limits
from widgets.inspection.activations.charts import LayerCharts
from widgets.inspection.activations.strip import FrameStrip
from widgets.inspection.activations.vector import VectorChart
from widgets.inspection.live_page import LivePage, rgb
from widgets.inspection.state import InspectionView
from widgets.kit.card_columns import Beside
from widgets.kit.fields import wrapped
from widgets.kit.keeping.fields import keep
from widgets.kit.layouts import column_of, held
from widgets.kit.menus import menu_of, pop_up
from widgets.kit.panel import ElidedLabel, PlainButton, QuietButton, Segmented
from widgets.kit.save_file import ask_file, ask_open, save_or_say
from widgets.kit.words import file_name

WIDTHS, SMALL = (300, 300, 0.0), 620
FILMS = tr("Films (*.mp4 *.mov *.avi *.mkv *.webm *.m4v);;All files (*)")
FORMATS = "PNG (*.png);;SVG (*.svg);;CSV (*.csv)"


class ActivationsPage(LivePage):
    """`clipChosen(path)`: its best frames for the chosen channel are wanted; `momentChosen(seconds)` of that clip."""

    clipChosen = Signal(str)
    momentChosen = Signal(float)

    def __init__(self) -> None:
        super().__init__(tr("to see its feature maps"))
        self.look: ActivationLook | None = None
        self._clip = ""
        self._make_parts()
        self._lay_out()
        self._wire()

    def show_state(self, view: InspectionView) -> None:
        look = self.show_live(view)
        self._clip = view.excite.clip
        for part in (self.heat, self.best, self.export):
            part.setVisible(look is not None)
        self.scale.setVisible(isinstance(look, ActivationLook) and not _is_vector(look))
        if isinstance(look, ActivationLook):
            self.best.setEnabled(view.work is None)
            self._show_strip(view.excite.result, look.seen.picture.shape[1])
            self._show(look, view.look.spec.channel, view.look.spec.unit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the picture has it, and one chart."""
        self._share_room()
        super().resizeEvent(event)

    def _share_room(self) -> None:
        small = self.height() < SMALL
        self.charts.set_small(small)
        self.charts.setVisible(not small or self.strip.isHidden())

    def _show_strip(self, result: ExciteResult | None, wide: int) -> None:
        self.strip.show_result(result, wide)
        self.found.setText(words.found_words(result.spec) if result is not None else "")
        self.found.setVisible(result is not None)
        self._share_room()

    def save(self) -> None:
        if path := ask_file(self, tr("Export feature maps"), "export", FORMATS, "maps.png"):
            save_or_say(self, path, self._front.save)

    @property
    def _front(self) -> MapsAtlas | VectorChart:
        return self.vector if self._maps.currentWidget() is self.vector else self.atlas

    def _show(self, look: ActivationLook, channel: int, unit: tuple[int, int]) -> None:
        fresh, self.look = look is not self.look, look
        flat = _is_vector(look)
        self._maps.setCurrentWidget(self.vector if flat else self.atlas)
        if flat:
            self.vector.show_look(look, channel)
        else:
            self.atlas.show_look(look, channel)
        self.title.setText(look.seen.layer)
        self.state.setText(words.state_words(look))
        self.trouble.show_trouble(words.not_finite(look))
        self.heat.setVisible(not flat)
        self._show_channel(look, channel, unit, flat)
        for label, line in zip(self.health, words.health_lines(look), strict=True):
            label.setText(line)
        if fresh or self.charts.channel != channel:
            self.charts.show_look(look, channel)

    def _show_channel(self, look: ActivationLook, channel: int, unit: tuple[int, int], flat: bool) -> None:
        """Large over the picture, where it is among the maps."""
        for label, line in zip(self.about, words.channel_lines(look, channel), strict=True):
            label.setText(line)
        picture = rgb(look.seen.picture)
        if flat or channel not in look.channels:
            self.over.show_map(np.zeros((1, 1), np.float32), 0.0, -1, picture)
            self.over.set_heat(False)
            self.over.set_title(tr("The picture as it went in"))
            return
        one = look.maps[look.channels.index(channel)]
        low, high = limits(one)
        self.over.set_heat(self.heat.isChecked())
        self.over.show_map(np.nan_to_num(one, nan=low), high, _patch(one.shape, unit), picture, low)
        self.over.set_title(tr("Channel {channel} over the picture", channel=channel))

    def _offer(self) -> None:
        """The film that is looked at, or another."""
        if not self._clip:
            self._ask_clip()
            return
        own = ("play", tr("Of {clip}", clip=file_name(self._clip)), lambda: self.clipChosen.emit(self._clip))
        menu = menu_of(self, own, ("open", tr("Of another film\u2026"), self._ask_clip))
        pop_up(menu, self.best.mapToGlobal(self.best.rect().bottomLeft()))

    def _ask_clip(self) -> None:
        if path := ask_open(self, tr("Film to go through"), "film", FILMS):
            self.clipChosen.emit(path)

    def _choose_unit(self, patch: int) -> None:
        columns = self.over.values.shape[1]
        self.edited.emit({"unit": divmod(patch, columns)})

    def _make_parts(self) -> None:
        tip = tr("Colours of each map from its own least to its own most, or all maps alike")
        self.scale = Segmented(tr("Colours"), [("own", tr("Each map")), ("shared", tr("All alike"))], tip=tip)
        tip = tr("The frames of a film that excite the chosen channel most")
        self.best = PlainButton(tr("Best frames\u2026"), "file", tip)
        self.export = PlainButton(tr("Export"), "export", tr("The maps as PNG or SVG, figures of all channels as CSV"))
        self.atlas, self.vector = MapsAtlas(), VectorChart()
        self._maps = QStackedWidget()
        for part in (self.atlas, self.vector):
            self._maps.addWidget(part)
        self.over = PatchMap(tr("The chosen channel over the picture"), "", figure, 110)
        self.heat = QuietButton(tr("Heat"), "", tr("The map over the picture, or the picture alone"), checkable=True)
        self.heat.setChecked(True)
        self.about = ElidedLabel(), ElidedLabel("", "muted")
        self.health = wrapped("muted"), wrapped("muted")
        self.charts, self.strip = LayerCharts(), FrameStrip()
        self.found = ElidedLabel("", "hint")
        for part in (self.strip, self.found):
            part.hide()

    def _lay_out(self) -> None:
        head = self.head_of(tr("Activations"), self.scale, self.heat, self.best, self.export)
        self.trouble.close_button.hide()
        body = Beside(self._maps, self._make_side(), WIDTHS, margins=(12, 0, 12, 0))
        best = column_of(self.found, self.strip, spacing=4, margins=(12, 0, 12, 0))
        results = held(column_of((body, 1), best, spacing=4, margins=(0, 0, 0, 8)))
        self.lay_out(head, self.body_of(self.empty_state(), results))

    def _make_side(self) -> QWidget:
        about = column_of(*self.about, spacing=2)
        health = column_of(*self.health, spacing=2)
        return held(column_of((self.over, 3), about, (self.charts, 2), health, spacing=8))

    def _wire(self) -> None:
        self.scale.chosen.connect(self.atlas.set_scale)
        for part in (self.atlas, self.vector):
            part.chosen.connect(lambda channel: self.edited.emit({"channel": channel}))
        self.over.chosen.connect(self._choose_unit)
        self.heat.toggled.connect(self.over.set_heat)
        keep("activations", heat=self.heat, scale=self.scale)
        self.trouble.retryWanted.connect(lambda layer: self.edited.emit({"layer": layer, "channel": 0}))
        self.best.clicked.connect(self._offer)
        self.export.clicked.connect(self.save)
        self.strip.chosen.connect(self.momentChosen)


def _is_vector(look: ActivationLook) -> bool:
    """Single numbers in place of maps."""
    return len(look.maps) == 1 and look.maps.shape[1] == 1 and len(look.channels) > 1


def _patch(shape: tuple[int, ...], unit: tuple[int, int]) -> int:
    """Number of a unit's patch in a map, -1 where it has no such unit."""
    rows, columns = shape
    return unit[0] * columns + unit[1] if 0 <= unit[0] < rows and 0 <= unit[1] < columns else -1
