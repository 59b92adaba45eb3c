"""The diffusion panel: the form of what to sample, compare or train.

`show_state(DiffusionView)` is the one way in. A change of the form goes out as the whole new specification and runs
nothing; buttons and sections are public, for the controller to connect.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal

from engines.core.words import tr
from widgets.generative.panel import words
from widgets.generative.panel.compare import BaseSection, CompareSection
from widgets.generative.panel.model import ModelSection
from widgets.generative.panel.run import RunSection
from widgets.generative.panel.samples import PromptSection, SamplesSection, StartSection
from widgets.generative.panel.sampling import GuidanceSection, SamplerSection, ScheduleSection, edited
from widgets.generative.panel.train import DataSection, EffortSection, KeepSection, LevelsSection, NetworkSection
from widgets.generative.state import Busy, DiffusionView, Mode, Trouble
from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.form import Form
from widgets.kit.panel import PrimaryButton, QuietButton, Segmented

VERBS = {
    Mode.SAMPLE: (tr("Sample"), tr("Draw samples with these settings; while one runs, the next waits")),
    Mode.COMPARE: (tr("Compare"), tr("Fill the grid, one run a cell")),
    Mode.TRAIN: (tr("Train"), tr("Train a network with these settings, or go on where it was cut off")),
}


class DiffusionPanel(FeaturePanel):
    """Tells the new specification of a run, a comparison or a training whenever the form was changed."""

    specChanged = Signal(object)
    compareChanged = Signal(object)
    trainChanged = Signal(object)

    def __init__(self, *, whole: bool = True) -> None:
        """whole: False leaves it to whoever makes it to call `finish` in another turn."""
        about = tr("Samplers, schedules and guidance in short")
        super().__init__(tr("Diffusion"), PrimaryButton(tr("Sample"), "sample"), about, titled=False)
        self.shown, self._formed = DiffusionView(), False
        self.cancel_all = QuietButton(tr("Cancel all"), "", tr("Cancel the run under way and all that wait"))
        self.open = QuietButton(tr("Open"), "open", tr("Open a model: a safetensors file with its card"))
        self.mode = Segmented(tr("Mode"), [(mode.value, VERBS[mode][0]) for mode in Mode])
        self.model, self.prompt, self.samples = ModelSection(), PromptSection(), SamplesSection()
        self.sampler, self.schedule, self.guidance = SamplerSection(), ScheduleSection(), GuidanceSection()
        self.begin, self.run = StartSection(), RunSection()
        self.grid, self.base = CompareSection(), BaseSection()
        self.data, self.network, self.levels = DataSection(), NetworkSection(), LevelsSection()
        self.effort, self.keep = EffortSection(), KeepSection()
        self.forms: dict[Mode, tuple[Form, ...]] = {
            Mode.SAMPLE: (
                *(self.model, self.prompt, self.samples, self.sampler, self.schedule, self.guidance),
                *(self.begin, self.run),
            ),
            Mode.COMPARE: (self.model, self.grid, self.base),
            Mode.TRAIN: (self.data, self.network, self.levels, self.effort, self.keep),
        }
        if whole:
            self.finish()

    def finish(self) -> None:
        """Put its parts together, once."""
        self.progress.add_action(self.cancel_all)
        self.lay_out(self.mode, *self.all_forms(), foot=(self.open,))
        self._connect_forms()
        self.show_state(self.shown)

    def show_state(self, view: DiffusionView) -> None:
        """Show exactly this."""
        before, self.shown = self.shown, view
        self.set_state(words.headline(view), words.level(view))
        why = words.problem(view)
        self.show_start(*VERBS[view.mode], f"{why}." if why else "")
        self.progress.show_busy(busy_of(view))
        self.cancel_all.setVisible(view.running is not None and view.queued > 0)
        self.mode.set_value(view.mode.value)
        self.trouble.show_trouble(trouble_of(view))
        if form_part(view) != form_part(before) or not self._formed:
            self._formed = True
            self._show_forms(view)

    def _show_forms(self, view: DiffusionView) -> None:
        for form in self.all_forms():
            form.setVisible(form in self.forms[view.mode])
        for form in self.forms[view.mode]:
            form.show_state(view)

    def all_forms(self) -> list[Form]:
        return list(dict.fromkeys(form for forms in self.forms.values() for form in forms))

    def _connect_forms(self) -> None:
        """A field of the specification (part ""), its schedule or its guidance; of the grid; of the training."""
        for form in self.forms[Mode.SAMPLE]:
            part = {self.schedule: "schedule", self.guidance: "guidance"}.get(form, "")
            form.edited.connect(
                lambda fields, part=part: self.edit("spec", edited(self.shown.spec, part, fields), self.specChanged)
            )
        self.grid.edited.connect(
            lambda fields: self.edit("compare", replace(self.shown.compare, **fields), self.compareChanged)
        )
        for form in self.forms[Mode.TRAIN]:
            form.edited.connect(
                lambda fields: self.edit("train", replace(self.shown.train, **fields), self.trainChanged)
            )


def form_part(view: DiffusionView) -> tuple[object, ...]:
    """The part of the view that forms show: a preview or a step of progress changes none of it."""
    told = (view.mode, view.models, view.model, view.looking, view.spec, view.compare, view.train, view.precision)
    return *told, view.devices, words.estimate_words(view)


def trouble_of(view: DiffusionView) -> Trouble | None:
    """The last trouble of the panel's mode."""
    own = {Mode.COMPARE: view.compared.trouble, Mode.TRAIN: view.training.trouble}
    return own.get(view.mode) or view.trouble


def busy_of(view: DiffusionView) -> Busy | None:
    """The work that the mode's button began: runs, the comparison, or the training."""
    if view.mode is Mode.COMPARE:
        return view.compared.busy or view.compared.curves_busy
    if view.mode is Mode.TRAIN:
        return view.training.busy
    run = view.running
    return None if run is None else run.busy or Busy()
