"""The scrubber: back and forth through the steps of a finished run, in one of four pictures each.

The last place of the slider is the result itself. Steps are asked for by `stepWanted`; the view's answer moves nothing
that the user is holding. Playing goes on when the answer is there, so it never runs ahead of what can be read.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.charts.axes import figure
from widgets.generative.state import DiffusionView, RunState, StepPictures
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import Label
from widgets.kit.layouts import row_of
from widgets.kit.panel import QuietButton, Segmented
from widgets.kit.slider import ClickSlider
from widgets.kit.theme import number_font

TICK_MS = 110
FORMS = (("y", tr("State")), ("denoised", tr("Estimate")), ("eps", tr("Noise")), ("difference", tr("Change")))
FORM_TIPS = {
    "y": tr("y, the noisy state before the step"),
    "denoised": tr("D(y, sigma), the estimate of the finished sample"),
    "eps": tr("eps = (y - D) / sigma, the noise that is left"),
    "difference": tr("How D changed since the step before; grey is no change"),
}


class Scrubber(QWidget):
    """`stepWanted(step)`, -1 for the result; `formChosen` when another picture of the step is wanted."""

    stepWanted = Signal(int)
    formChosen = Signal()
    spectrumToggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._run, self._steps = "", 0
        self._sigmas: tuple[float, ...] = ()
        self._answered, self._wanted = -1, -1
        self._sigma: float | None = None
        self.play = QuietButton("", "play", tr("Play the steps"), name=tr("Play"))
        self.slider = ClickSlider(tr("Step"), tr("Click or drag to another step; the right end is the result"))
        self.slider.setPageStep(5)
        self.words = Label()
        self.words.setFont(number_font(11))
        self.words.setProperty("role", "hint")
        self.form = Segmented(tr("Picture of the step"), FORMS, "denoised")
        for id, tip in FORM_TIPS.items():
            self.form.button(id).setToolTip(tip)
        tip = tr("The noise level on the spectrum of the data: what is below the line has not been decided")
        self.spectrum = QuietButton("", "chart", tip, name=tr("Spectrum"), checkable=True)
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._tick)
        parts = self.play, (self.slider, 1), self.words, self.form, self.spectrum
        self.setLayout(row_of(*parts, spacing=8, margins=(8, 0, 8, 0)))
        self.play.clicked.connect(self.toggle)
        self.slider.valueChanged.connect(self._moved)
        self.form.chosen.connect(lambda _form: self.formChosen.emit())
        self.spectrum.toggled.connect(self.spectrumToggled)
        keep("scrubber", form=self.form, spectrum=self.spectrum)

    @property
    def playing(self) -> bool:
        return self._clock.isActive()

    @property
    def available(self) -> bool:
        """The shown run has steps to go through."""
        return self._steps > 0

    def show_state(self, view: DiffusionView) -> None:
        run, step = view.run, view.step
        self._sigmas = run.result.sigmas if run is not None and run.result is not None else ()
        kept = run is not None and run.spec.keep_steps and run.state is RunState.DONE
        steps = max(len(self._sigmas) - 1, 0) if kept else 0
        if kept and step is not None and step.run == view.shown:
            steps = step.steps  # not all were kept
        self._sigma = step.sigma if step is not None else None
        if (view.shown, steps) != (self._run, self._steps):
            self._run, self._steps, self._wanted = view.shown, steps, -1
            self._stop()
            with QSignalBlocker(self.slider):
                self.slider.setRange(0, steps)
                self.slider.setValue(steps)
        self._answered = step.step if step is not None and step.run == view.shown else -1
        self._follow(step if self._answered >= 0 else None)
        self.setEnabled(self.available)

    def toggle(self) -> None:
        """Play from here, or from the first step where the end is shown; or pause."""
        if self.playing:
            self._stop()
            return
        if self.slider.value() >= self._steps:
            self.slider.setValue(0)
        self._clock.start()
        self._dress()

    def set_planar(self, on: bool) -> None:
        """Points have a state and an estimate, and no spectrum."""
        self.spectrum.setVisible(not on)
        for id in ("eps", "difference"):
            self.form.button(id).setVisible(not on)

    def set_words_shown(self, on: bool) -> None:
        self.words.setVisible(on)

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop()
        super().hideEvent(event)

    def _follow(self, step: StepPictures | None) -> None:
        """Bring words and slider up to date, the slider only where nobody is moving it."""
        at = self._steps if step is None else min(step.step, self._steps)
        if not self.slider.isSliderDown() and not self.playing and self._wanted < 0 and self.slider.value() != at:
            with QSignalBlocker(self.slider):
                self.slider.setValue(at)
        if self._wanted in (self._answered, self._steps):
            self._wanted = -1
        self._say()

    def _say(self) -> None:
        if not self.available:
            self.words.setText(tr("No steps were kept"))
            return
        at = self.slider.value()
        words = tr("Result") if at >= self._steps else step_words(at + 1, self._steps, self._level(at))
        self.words.setText(words)
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(step_words(100, 100, "\u03c3 0.0001")))
        self.slider.setAccessibleDescription(words)
        self.form.setEnabled(at < self._steps)

    def _level(self, at: int) -> str:
        """Noise level of a step: as the answer says, or by the run's levels where each has a step."""
        if at == self._answered and self._sigma is not None:
            return f"\u03c3 {figure(self._sigma)}"
        return f"\u03c3 {figure(self._sigmas[at])}" if self._steps == len(self._sigmas) - 1 else ""

    def _moved(self, value: int) -> None:
        self._wanted = value
        self._say()
        self.stepWanted.emit(value if value < self._steps else -1)

    def _tick(self) -> None:
        if self._answered >= 0 and self._wanted in (-1, self._answered) or self.slider.value() == 0:
            self.slider.setValue(self.slider.value() + 1)
        if self.slider.value() >= self._steps:
            self._stop()

    def _stop(self) -> None:
        self._clock.stop()
        self._dress()

    def _dress(self) -> None:
        self.play.set_icon("pause" if self.playing else "play")
        self.play.setAccessibleName(tr("Pause") if self.playing else tr("Play"))


def step_words(step: int, steps: int, level: str) -> str:
    """'Step 3 of 20   \u03c3 0.25'."""
    return tr("Step {step} of {steps}   {level}", step=step, steps=steps, level=level).rstrip()
