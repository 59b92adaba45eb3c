"""The model section: its choice, its facts, and the question that a file may leave open: what does it predict?"""

from __future__ import annotations

from engines.core.words import tr
from engines.generative.diffusion.types import ModelInfo
from widgets.generative.panel.words import PREDICTIONS, facts
from widgets.generative.state import DiffusionView
from widgets.kit.form import Form, Group, GroupedChoice, beside, say, tip, words
from widgets.kit.panel import ChoiceField, QuietButton, labelled

KINDS = {
    "network": tr("Trained networks"),
    "analytic": tr("Known distributions"),
    "file": tr("Opened files"),
    "diffusers": tr("Opened folders"),
}


class ModelSection(Form):
    """The model's choice and facts."""

    def __init__(self) -> None:
        super().__init__(tr("Model"), name="diffusion.model")
        self.model = GroupedChoice(tr("Model"), tip=tr("What is sampled"))
        self.model.given = True
        self.file = QuietButton("", "open", tr("A safetensors file with its card"), name=tr("Open a model file"))
        self.folder = QuietButton("", "folder", tr("A folder that diffusers saved"), name=tr("Open a model folder"))
        self.facts = words()
        self.prediction = ChoiceField(tr("What does it predict?"), [("", tr("Choose one")), *_predictions()])
        self._question = labelled(
            tr("What does it predict? The file does not say."),
            self.prediction,
            tr("What the network was trained to give"),
        )
        self.lay_out(beside(self.model, self.file, self.folder), self.facts, self._question)

    def show_state(self, view: DiffusionView) -> None:
        groups = groups_of(view)
        self.model.set_groups(groups, view.spec.model)
        model = view.model
        self.set_summary(model.title if model is not None else "")
        if model is None:
            say(self.facts, tr("Looking at the model\u2026") if view.looking else "")
            tip(self.model, tr("What is sampled"))
            self._question.hide()
            return
        say(self.facts, facts(model))
        tip(self.model, model.summary or model.title)
        self._question.setVisible(model.needs_prediction or bool(view.spec.prediction))
        self.prediction.set_value(view.spec.prediction)
        tip(self.prediction, PREDICTIONS.get(view.spec.prediction, ("", tr("What the network was trained to give")))[1])


def groups_of(view: DiffusionView) -> list[Group]:
    """All models under their kinds; a chosen one that is not among them is added."""
    models = list(view.models)
    chosen = view.model
    if chosen is not None and all(model.name != chosen.name for model in models):
        models.append(chosen)
    groups: list[Group] = []
    for kind, title in KINDS.items():
        groups.append((title, [(model.name, model.title, _tip(model)) for model in models if model.kind == kind]))
    name = view.spec.model
    if name and all(model.name != name for model in models):
        groups.append((tr("Being opened"), [(name, name.replace("\\", "/").rstrip("/").rpartition("/")[2], name)]))
    return groups


def _predictions() -> list[tuple[str, str]]:
    return [(id, title) for id, (title, _) in PREDICTIONS.items()]


def _tip(model: ModelInfo) -> str:
    return model.summary or facts(model)
