"""Which model, what is known of it, and the one question that a file may leave open: what does it predict?"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from engines.generative.diffusion.types import ModelInfo
from widgets.generative.panel.words import PREDICTIONS, facts
from widgets.generative.state import DiffusionView, Trouble
from widgets.kit.form import Form, Group, GroupedChoice, beside, say, tip, words
from widgets.kit.icons import icon_pixmap
from widgets.kit.labels import Label
from widgets.kit.panel import ChoiceField, ElidedLabel, PlainButton, QuietButton, describe, labelled
from widgets.kit.theme import LOOK

KINDS = {
    "network": "Trained networks",
    "analytic": "Known distributions",
    "file": "Opened files",
    "diffusers": "Opened folders",
}


class ModelSection(Form):
    """The model's choice and facts."""

    modelChosen = Signal(str)
    predictionChosen = Signal(str)
    fileWanted = Signal()
    folderWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Model", name="diffusion.model")
        self.model = GroupedChoice("Model", tip="What is sampled")
        self.file = QuietButton("", "open", "A safetensors file with its card", name="Open a model file")
        self.folder = QuietButton("", "folder", "A folder that diffusers saved", name="Open a model folder")
        self.facts = words()
        self.prediction = ChoiceField("What does it predict?", [("", "Choose one"), *_predictions()])
        self._question = labelled(
            "What does it predict? The file does not say.", self.prediction, "What the network was trained to give"
        )
        self.add(beside(self.model, self.file, self.folder))
        self.add(self.facts)
        self.add(self._question)
        self.body.setSpacing(8)
        self.model.chosen.connect(self.modelChosen)
        self.prediction.chosen.connect(self.predictionChosen)
        self.file.clicked.connect(self.fileWanted)
        self.folder.clicked.connect(self.folderWanted)

    def show_state(self, view: DiffusionView) -> None:
        groups = groups_of(view)
        self.model.set_groups(groups, view.spec.model)
        model = view.model
        self.set_summary(model.title if model is not None else "")
        if model is None:
            say(self.facts, "Looking at the model\u2026" if view.looking else "")
            tip(self.model, "What is sampled")
            self._question.hide()
            return
        say(self.facts, facts(model))
        tip(self.model, model.summary or model.title)
        self._question.setVisible(model.needs_prediction or bool(view.spec.prediction))
        self.prediction.set_value(view.spec.prediction)
        tip(self.prediction, PREDICTIONS.get(view.spec.prediction, ("", "What the network was trained to give"))[1])


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
        groups.append(("Being opened", [(name, name.replace("\\", "/").rstrip("/").rpartition("/")[2], name)]))
    return groups


def _predictions() -> list[tuple[str, str]]:
    return [(id, title) for id, (title, _) in PREDICTIONS.items()]


def _tip(model: ModelInfo) -> str:
    return model.summary or facts(model)


class TroubleCard(QFrame):
    """What happened, to which file, what to do; a lighter run and the log one click away."""

    retryWanted = Signal()
    logWanted = Signal()
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName("What went wrong")
        self._icon = Label()
        self.what, self.hint = words("heading"), words("muted")
        self.where = ElidedLabel("", "hint", Qt.TextElideMode.ElideMiddle)
        self.retry = PlainButton("Try again")
        self.log = QuietButton("Show log", tip="What was done, step by step")
        self.close_button = QuietButton("", "close", "Hide this message", name="Hide this message")
        self.retry.clicked.connect(self.retryWanted)
        self.log.clicked.connect(self.logWanted)
        self.close_button.clicked.connect(self.dismissed)
        self._lay_out()
        LOOK.changed.connect(self._paint_icon)
        self.hide()

    def show_trouble(self, trouble: Trouble | None) -> None:
        self.setVisible(trouble is not None)
        if trouble is None:
            return
        self.what.setText(trouble.what)
        say(self.hint, trouble.hint)
        self.where.setText(trouble.path)
        self.where.setVisible(bool(trouble.path))
        self.retry.setVisible(trouble.retry is not None)
        if trouble.retry is not None:
            batch = trouble.retry.batch
            title = f"Retry, {batch} at a time" if batch else "Try again"
            self.retry.setText(title)
            describe(self.retry, title, "Run the same again with fewer samples at a time" if batch else "Run it again")
        self._paint_icon()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 4, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._icon, 0, 0)
        grid.addWidget(self.what, 0, 1)
        grid.addWidget(self.close_button, 0, 2, Qt.AlignmentFlag.AlignTop)
        for row, part in enumerate((self.where, self.hint, _from_left(self.retry, self.log)), start=1):
            grid.addWidget(part, row, 1, 1, 2)

    def _paint_icon(self) -> None:
        self._icon.setPixmap(icon_pixmap("bad", "bad", ratio=self.devicePixelRatioF()))


def _from_left(*widgets: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 4, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return box
