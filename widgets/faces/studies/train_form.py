"""The form of a training: folder, loss with its margins, backbone, and the settings that seldom matter."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.faces.study_types import HeadSpec
from engines.faces.training.margin_choices import CHOICES
from widgets.faces.studies.train_words import formula, margins_shown
from widgets.kit.card_columns import FlowRow
from widgets.kit.layouts import column_of
from widgets.kit.panel import ChoiceField, ElidedLabel, NumberField, Section, Segmented, labelled
from widgets.kit.path_row import PathRow

BACKBONES = (("frozen", tr("Frozen")), ("small", tr("Small")))
MARGINS = (
    ("m1", 0.5, 8.0, 0.05, tr("m1 multiplies the angle: SphereFace")),
    ("m2", -1.0, 2.0, 0.05, tr("m2 is added to the angle, in radians: ArcFace")),
    ("m3", -1.0, 2.0, 0.05, tr("m3 is taken off the cosine: CosFace")),
)


class HeadForm(QWidget):
    """`headChanged(HeadSpec)` when the user changes something."""

    headChanged = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._spec = self._told = HeadSpec("", "")
        self._models: tuple[tuple[str, str], ...] = ()
        self.images = PathRow(
            tr("Pictures"), tr("no folder chosen"), tr("One folder a person, or files named NAME_0001.jpg")
        )
        titles = [(name, choice.title) for name, choice in CHOICES.items()]
        self.loss = ChoiceField(tr("Loss"), titles, "arcface", tip=tr("A customary loss; its margins can be changed"))
        self.formula = ElidedLabel("", "muted")
        self.margins = [
            NumberField(tr("Margin {name}", name=name), 0, low, high, decimals=2, step=step, tip=tip)
            for name, low, high, step, tip in MARGINS
        ]
        self.scale = NumberField(
            tr("Scale s"), 32, 1, 256, tip=tr("Sharpens the softmax; 64 is usual for many thousand people")
        )
        tip = tr("Frozen: a projection of a recogniser's embeddings, seconds. Small: a network of its own, minutes")
        self.backbone = Segmented(tr("Backbone"), BACKBONES, tip=tip)
        self.steps = NumberField(tr("Steps"), 1000, 1, 1_000_000, step=100, tip=tr("Updates of the weights"))
        self.more = Section(tr("More settings"), folded=True, name=tr("Head training"))
        self.model = ChoiceField(tr("Recogniser"), tip=tr("Whose embeddings a frozen backbone gives"))
        self.sample = NumberField(
            tr("Centres a step"),
            100,
            0.1,
            100,
            unit="%",
            decimals=1,
            step=10,
            tip=tr("Partial FC: share of people used a step"),
        )
        self.batch = NumberField(tr("Faces a step"), 64, 2, 4096, step=16, tip=tr("Batch size"))
        self.rate = NumberField(
            tr("Learning rate"), 0.05, 0.0001, 10, decimals=4, step=0.01, tip=tr("Highest, after warming up")
        )
        self.dim = NumberField(tr("Embedding"), 128, 8, 1024, step=16, tip=tr("Length of the new embedding"))
        self.held = NumberField(
            tr("Held out"), 20, 1, 90, unit="%", tip=tr("Share of each person's pictures not trained on")
        )
        self.seed = NumberField(tr("Seed"), 0, 0, 2**31 - 1, tip=tr("Of the split, the weights and the order"))
        self._lay_out()
        self._wire()

    def show_spec(self, spec: HeadSpec, models: tuple[tuple[str, str], ...], *, busy: bool) -> None:
        self.setEnabled(not busy)
        if models != self._models:
            self._models = models
            self.model.set_choices(models)
        elif spec == self._spec == self._told:
            return
        self._spec = self._told = spec
        fields = [self.loss, self.scale, self.backbone, self.steps, self.model, *self.margins, *self._numbers()]
        blocked = [QSignalBlocker(field) for field in fields]
        self._fill(spec)
        del blocked

    def _numbers(self) -> tuple[NumberField, ...]:
        return self.sample, self.batch, self.rate, self.dim, self.held, self.seed

    def _fill(self, spec: HeadSpec) -> None:
        self.images.show_path(spec.images)
        self.loss.set_value(spec.loss)
        for field, value in zip(self.margins, margins_shown(spec), strict=True):
            field.setValue(value)
        self.scale.setValue(spec.scale)
        self.backbone.set_value(spec.backbone)
        self.steps.setValue(spec.steps)
        self.model.set_value(spec.model)
        self.model.setEnabled(spec.backbone == "frozen")
        values = (100 * spec.sample, spec.batch, spec.rate, spec.dim, 100 * spec.held_out, spec.seed)
        for field, number in zip(self._numbers(), values, strict=True):
            field.setValue(number)
        self._show_formula(spec)

    def _show_formula(self, spec: HeadSpec) -> None:
        choice = CHOICES[spec.loss]
        self.formula.setText(
            tr(
                "{formula} for the true person, {scale:g} cos \u03b8 for others",
                formula=formula(spec),
                scale=spec.scale,
            )
        )
        self.formula.set_tip(
            tr(
                "Logits, \u03b8 the angle to a person's centre. {choice}: {source}",
                choice=choice.title,
                source=choice.source,
            )
        )

    def _lay_out(self) -> None:
        margins = [labelled(name, field) for (name, *_), field in zip(MARGINS, self.margins, strict=True)]
        loss = FlowRow(
            (
                (labelled(tr("Loss"), self.loss), 2),
                *((margin, 1) for margin in margins),
                (labelled(tr("Scale s"), self.scale), 1),
                (labelled(tr("Backbone"), self.backbone), 2),
                (labelled(tr("Steps"), self.steps), 1),
            )
        )
        named = (
            tr("Centres a step"),
            tr("Faces a step"),
            tr("Learning rate"),
            tr("Embedding"),
            tr("Held out"),
            tr("Seed"),
        )
        numbers = [labelled(name, field) for name, field in zip(named, self._numbers(), strict=True)]
        self.more.body.addWidget(
            FlowRow(((labelled(tr("Recogniser"), self.model), 2), *((one, 1) for one in numbers)), 104)
        )
        self.setLayout(column_of(self.images, loss, self.formula, self.more, spacing=8, margins=(12, 4, 12, 4)))

    def _wire(self) -> None:
        self.loss.chosen.connect(lambda loss: self._tell(loss=loss, margins=None))
        for field in self.margins:
            field.valueChanged.connect(self._tell_margins)
        self.scale.valueChanged.connect(lambda value: self._tell(scale=value))
        self.backbone.chosen.connect(lambda name: self._tell(backbone=name))
        self.steps.valueChanged.connect(lambda value: self._tell(steps=round(value)))
        self.model.chosen.connect(lambda name: self._tell(model=name))
        self.sample.valueChanged.connect(lambda value: self._tell(sample=round(value / 100, 6)))
        self.batch.valueChanged.connect(lambda value: self._tell(batch=round(value)))
        self.rate.valueChanged.connect(lambda value: self._tell(rate=value))
        self.dim.valueChanged.connect(lambda value: self._tell(dim=round(value)))
        self.held.valueChanged.connect(lambda value: self._tell(held_out=round(value / 100, 4)))
        self.seed.valueChanged.connect(lambda value: self._tell(seed=round(value)))

    def _tell_margins(self, _value: float) -> None:
        margins = tuple(round(field.value(), 4) for field in self.margins)
        self._tell(margins=None if margins == CHOICES[self._told.loss].margins else margins)

    def _tell(self, **changed: object) -> None:
        """Beside what was told before and is not shown again yet."""
        self._told = replace(self._told, **changed)  # type: ignore[arg-type]
        self.headChanged.emit(self._told)
