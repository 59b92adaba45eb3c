"""What the user changes of the diffusion form, each change a step of undo, and what follows from another model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engines.core.words import tr
from engines.generative.diffusion.study_types import CompareSpec, FlowSpec
from engines.generative.diffusion.types import ModelInfo, SampleSpec
from engines.generative.training.types import TrainSpec
from widgets.generative.state import Mode, Page
from workbench.controllers.common.feature_controller import PagedController
from workbench.controllers.generative.form import Form, for_model
from workbench.controllers.generative.models import Models
from workbench.controllers.generative.words import STEPS
from workbench.controllers.shell.step import changed, words_of

PAGES = {Mode.SAMPLE: Page.SAMPLES, Mode.COMPARE: Page.COMPARE, Mode.TRAIN: Page.TRAINING}


class FormController(PagedController):
    """info: of the model that is open, None while there is none."""

    form: Form
    models: Models
    info: ModelInfo | None

    def set_form(self, **values: object) -> None:
        """Another form: shown at once, kept soon. Runs nothing."""
        super().set_form(**values)
        self.show_now()

    def set_mode(self, mode: str) -> None:
        self.set_form(mode=Mode(mode), page=PAGES[Mode(mode)])

    def choose_page(self, name: str) -> None:
        """The panel shows the form of what is done on that page, where there is one."""
        super().choose_page(name)
        mode = next((mode for mode, page in PAGES.items() if page == self.form.page), self.form.mode)
        if mode is not self.form.mode:
            self.set_form(mode=mode)

    def set_spec(self, spec: SampleSpec) -> None:
        """What the user made of the form."""
        before = self.form.spec
        text = words_of(changed(before, spec), STEPS, tr("Change what is sampled"))
        self.step(text, "spec", before, spec, self._put_spec)

    def set_compare(self, spec: CompareSpec) -> None:
        self.change(tr("Change what is compared"), compare=spec)

    def set_train(self, spec: TrainSpec) -> None:
        self.change(tr("Change the training"), train=spec)

    def set_flow(self, spec: FlowSpec) -> None:
        self.change(tr("Change the flow"), flow=spec)

    def place(self) -> Callable[[], object]:
        """With the form that was in front."""
        mode, show = self.form.mode, super().place()

        def with_form() -> None:
            self.set_form(mode=mode)
            show()

        return with_form

    def _put_spec(self, spec: SampleSpec) -> None:
        other = spec.model != (self.info.name if self.info is not None else self.form.spec.model)
        self.set_form(spec=spec)
        if other:
            self.choose_model(spec.model)

    def choose_model(self, name: str) -> None:
        if name:
            self.trouble = None
            self.models.open(name, self.form.spec.prediction if name == self.form.spec.model else "")

    def choose_prediction(self, prediction: str) -> None:
        """The user's answer for a model that does not say."""
        before = self.form.spec
        after = replace(before, prediction=prediction)
        self.step(STEPS["prediction"], "prediction", before, after, self._put_prediction)

    def _put_prediction(self, spec: SampleSpec) -> None:
        self.set_form(spec=spec)
        self.models.open(spec.model, spec.prediction)

    def use(self, spec: SampleSpec | None, said: str = "") -> None:
        """Put the settings of a run into the form."""
        if spec is None:
            return
        self.trouble = None
        self.step(tr("Use the settings of a run"), "use", self.form, self.form.sampling(spec), self._put_form)
        self.services.host.show_dock(self.name)
        self.services.notify(said, "info")

    def _put_form(self, form: Form) -> None:
        self.form = form
        self.set_form()
        self.models.open(form.spec.model, form.spec.prediction)

    def model_opened(self, info: ModelInfo) -> None:
        """The form follows the model; another than before is the user's choice, which Undo takes back."""
        before, after = self.form.spec, for_model(self.form.spec, info)
        self.info = info
        if before.model and before.model != after.model:
            self.step(STEPS["model"], "model", before, after, self._put_spec)
        else:
            self.set_form(spec=after)
