"""The flow page: particles of a 2-D model flowing from noise to data, a small picture a sampler, in one common time.

One timer moves all of them, 30 times a second while they play and can be seen, and not at all otherwise. Choosing
another model or sampler asks for nothing to be computed; the button does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QElapsedTimer, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout

from engines.core.errors import KinoscopeError
from engines.core.words import tr
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import FlowResult, FlowSpec
from widgets.charts.axes import figure
from widgets.generative.state import DiffusionView, FlowView
from widgets.generative.studio.flow_board import FlowBoard, FlowCell
from widgets.generative.studio.flow_data import FlowArrays, read_flow, sigma_of
from widgets.generative.studio.flow_picture import Backdrop
from widgets.kit.card_columns import Flow
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of, turn
from widgets.kit.panel import ChoiceField, EmptyState, NumberField, PrimaryButton, QuietButton
from widgets.kit.slider import ClickSlider
from widgets.kit.theme import number_font
from widgets.kit.work_page import WorkPage
from widgets.kit.work_state import Trouble
from widgets.viewer.transport import SpeedButton

SECONDS = 7.0
"""Of the whole way at speed 1."""
FRAME_MS = 33
TICKS = 1000
ROOM_FOR_ALL, ROOM_FOR_TIME = 900, 300
LAYERS = (
    ("density", tr("Density"), tr("Density of the noisy data at this moment")),
    ("field", tr("Field"), tr("Where the probability-flow ODE takes a particle from each place")),
    ("trails", tr("Trails"), tr("The ways of a few particles so far")),
    ("data", tr("Data"), tr("Samples of the data itself")),
)


class FlowPage(WorkPage):
    """Small multiples of samplers on a 2-D model. `edited` tells the specification that the user wants; `run` runs it.

    Its own `trouble` is a result whose file cannot be read.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.shown = FlowView()
        self._result: FlowResult | None = None
        self._flow: FlowArrays | None = None
        self._passed, self._speed, self._fresh = 0.0, 1.0, False
        self.backdrop = Backdrop()
        self.cells = [FlowCell(self.backdrop) for _ in range(4)]
        self.board = FlowBoard(self.cells)
        self._asked = FlowSpec()
        self._clock = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._since = QElapsedTimer()
        self._clock.timeout.connect(self._tick)
        self._lay_out()
        self._wire()
        self._show_time()

    @property
    def playing(self) -> bool:
        return self._clock.isActive()

    @property
    def time(self) -> float:
        """The moment shown: 1 is pure noise, 0 is data."""
        return 1.0 - self._passed

    def show_state(self, view: DiffusionView) -> None:
        self.shown = view.flow
        spec, busy = view.flow.spec, view.flow.busy
        if view.flow.result is not self._result:
            self.trouble.show_trouble(self._take(view.flow.result))
        self.progress.show_busy(busy)
        self.show_there(self._flow is not None or busy is not None)
        models = [(info.name, info.title) for info in view.models if info.shape == (2,)]
        self._show_spec(spec, models or [entry for entry in catalog.ANALYTIC if "2-D" in entry[1]])
        for number, cell in enumerate(self.cells):
            name = spec.samplers[number] if number < len(spec.samplers) else ""
            cell.setVisible(bool(name))
            cell.show_sampler(
                name, self._flow, self._result, tr("Computing") if busy else tr("Show flow computes this one")
            )
        self.board.arrange()
        self.run.setEnabled(busy is None)
        self.changed.setVisible(self._flow is not None and busy is None and self._asked != spec)
        for part in (self.play, self.slider, self.speed):
            part.setEnabled(self._flow is not None)

    def set_time(self, time: float) -> None:
        """Show a moment, 1 to 0."""
        self._passed = min(max(1.0 - time, 0.0), 1.0)
        self._show_time()

    def toggle(self) -> None:
        """Play from here, or from noise where it has reached the data; or pause."""
        if self.playing:
            self._stop()
            return
        if self._passed >= 1:
            self.set_time(1.0)
        self._start()

    def set_speed(self, speed: float) -> None:
        self._speed = speed
        self.speed.set_speed(speed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._fresh:
            self._fresh = False
            self._start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.particles.setVisible(self.width() >= ROOM_FOR_ALL)
        turn(self._transport_row, self.width() >= self._layers.sizeHint().width() + ROOM_FOR_TIME)

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop()
        super().hideEvent(event)

    def _take(self, result: FlowResult | None) -> Trouble | None:
        """Read what was computed and play it from the start; what went wrong with it, if anything."""
        self._result, self._flow, self._asked = result, None, self.shown.spec
        if result is None:
            return None
        try:
            self._flow = read_flow(result.file)
        except KinoscopeError as error:
            return Trouble(error.message, tr("The flow cannot be shown"), error.hint, error.path or "")
        self.set_time(1.0)
        self._fresh = not self.isVisible()
        if not self._fresh:
            self._start()
        return None

    def _show_spec(self, spec: FlowSpec, models: list[tuple[str, str]]) -> None:
        self.model.set_choices(models, spec.model)
        for field, value in ((self.steps, spec.steps), (self.particles, spec.particles), (self.seed, spec.seed)):
            with QSignalBlocker(field):
                field.setValue(value)

    def _change(self, **what: Any) -> None:
        """Beside what was changed before and is not shown again yet."""
        self.shown = replace(self.shown, spec=replace(self.shown.spec, **what))
        self.edited.emit(self.shown.spec)

    def _choose_sampler(self, number: int, name: str) -> None:
        samplers = list(self.shown.spec.samplers)
        samplers[number] = name
        self._change(samplers=tuple(samplers))

    def _start(self) -> None:
        self._since.start()
        self._clock.start()
        self._dress()

    def _stop(self) -> None:
        self._clock.stop()
        self._dress()

    def _tick(self) -> None:
        self._passed = min(self._passed + self._since.restart() / 1000 * self._speed / SECONDS, 1.0)
        self._show_time()
        if self._passed >= 1:
            self._stop()

    def _seek(self, value: int) -> None:
        self._passed = value / TICKS
        self._show_time()

    def _show_time(self) -> None:
        for cell in self.cells:
            cell.view.set_time(self.time)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(TICKS * self._passed))
        sigma = sigma_of(self.time)
        self.moment.setText(f"t {self.time:.2f}   \u03c3 {figure(sigma) if sigma else 0}")
        self.slider.setAccessibleDescription(self.moment.text())

    def _dress(self) -> None:
        self.play.set_icon("pause" if self.playing else "play")
        self.play.setAccessibleName(tr("Pause") if self.playing else tr("Play"))

    def _show_layer(self, layer: str, on: bool) -> None:
        self.backdrop.layers[layer] = on
        for cell in self.cells:
            cell.view.update()

    def _lay_out(self) -> None:
        self.trouble.close_button.hide()
        parts = self._settings(), (self.board, 1), self._transport()
        words = tr("See particles flow from noise to data by four samplers at once.")
        empty = EmptyState(words, tr("Show flow"), "play", tr("Compute the paths of the particles"))
        self.lay_out(self.body_of(empty, held(column_of(*parts, spacing=8, margins=(12, 8, 12, 8)), "panel")))

    def _settings(self) -> Flow:
        self.model = ChoiceField(tr("Model of the flow"), tip=tr("A distribution in the plane"))
        self.steps = NumberField(tr("Steps"), 40, 1, 1000, unit=tr("steps"), tip=tr("Steps of each sampler"))
        self.particles = NumberField(
            tr("Particles"), 512, 8, 5000, unit=tr("particles"), step=64, tip=tr("Particles of each sampler")
        )
        self.seed = NumberField(tr("Seed"), 0, 0, 2**31 - 1, tip=tr("Seed of the noise that all samplers begin with"))
        self.seed.setPrefix(tr("seed "))
        self.run = PrimaryButton(tr("Show flow"), "play", tr("Compute the paths with these settings"))
        self.changed = Label(tr("Settings have changed"))
        self.changed.setProperty("role", "hint")
        self.model.setMinimumContentsLength(16)
        return Flow(self.model, self.steps, self.particles, self.seed, self.run, self.changed)

    def _transport(self) -> QHBoxLayout:
        self.play = QuietButton("", "play", tr("Play or pause"), name=tr("Play"))
        self.slider = ClickSlider(tr("Time"), tr("From noise at the left to data at the right"), TICKS)
        self.slider.setPageStep(TICKS // 20)
        self.slider.setSingleStep(TICKS // 100)
        self.moment = Label()
        self.moment.setProperty("role", "hint")
        self.moment.setFont(number_font(11))
        self.moment.setMinimumWidth(self.moment.fontMetrics().horizontalAdvance("t 0.00   \u03c3 0.00000"))
        self.speed = SpeedButton()
        self.layers = {layer: QuietButton(title, "", tip, checkable=True) for layer, title, tip in LAYERS}
        for layer, button in self.layers.items():
            button.setChecked(True)
            button.toggled.connect(lambda on, layer=layer: self._show_layer(layer, on))
            keep("flow", **{f"layer {layer}": button})
        self._layers = Flow(*self.layers.values(), spacing=6)
        time = row_of(self.play, (self.slider, 1), self.moment, self.speed, spacing=6)
        self._transport_row = row_of((time, 1), self._layers, spacing=6)
        return self._transport_row

    def _wire(self) -> None:
        self.play.clicked.connect(self.toggle)
        self.speed.speedChosen.connect(self.set_speed)
        self.slider.valueChanged.connect(self._seek)
        self.model.chosen.connect(lambda name: self._change(model=name))
        for name in ("steps", "particles", "seed"):
            field: NumberField = getattr(self, name)
            field.valueChanged.connect(lambda _value, name=name, field=field: self._change(**{name: field.whole()}))
        for number, cell in enumerate(self.cells):
            cell.sampler.chosen.connect(lambda name, number=number: self._choose_sampler(number, name))
