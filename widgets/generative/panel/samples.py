"""Sections on what is sampled: prompt, seeds and classes, and where a run begins."""

from __future__ import annotations

import random

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engines.core.words import tr, tr_count
from engines.generative.diffusion.types import SampleSpec, Start
from widgets.generative.state import DiffusionView
from widgets.kit.form import Form, beside, say, show, tip, words
from widgets.kit.panel import (
    ChoiceField,
    ElidedLabel,
    NumberField,
    PlainButton,
    QuietButton,
    columns,
    describe,
    labelled,
)

SEEDS = 2**32 - 1
MOST = 4096
NONE, TURN, OWN = "none", "turn", "own"


class PromptSection(Form):
    """Words, for models that read them."""

    def __init__(self) -> None:
        super().__init__(tr("Prompt"), name="diffusion.prompt")
        self.prompt = _text(tr("Prompt"), tr("What the picture shows"), 66)
        self.negative = _text(tr("Negative prompt"), tr("What guidance moves away from"), 44)
        self.columns = NumberField(tr("Width"), 0, 0, 4096, unit="px", step=64, tip=tr("0: as the model says"))
        self.lines = NumberField(tr("Height"), 0, 0, 4096, unit="px", step=64, tip=tr("0: as the model says"))
        for field in (self.columns, self.lines):
            field.setSpecialValueText(tr("model"))
            field.valueChanged.connect(lambda _value: self._tell_size())
        self.lay_out(
            labelled(tr("Prompt"), self.prompt),
            labelled(tr("Negative prompt"), self.negative),
            columns(labelled(tr("Width"), self.columns), labelled(tr("Height"), self.lines)),
        )
        self.prompt.textChanged.connect(lambda: self.edited.emit({"prompt": self.prompt.toPlainText()}))
        self.negative.textChanged.connect(lambda: self.edited.emit({"negative": self.negative.toPlainText()}))

    def show_state(self, view: DiffusionView) -> None:
        spec = view.spec
        self.setVisible(view.model is not None and view.model.text)
        for field, text in ((self.prompt, spec.prompt), (self.negative, spec.negative)):
            if field.toPlainText() != text:
                with QSignalBlocker(field):
                    field.setPlainText(text)
        height, width = spec.size or (0, 0)
        show(self.columns, width)
        show(self.lines, height)
        self.set_summary(spec.prompt)

    def _tell_size(self) -> None:
        """Both or neither: a side that is not given is taken to be as long as the other."""
        width, height = self.columns.whole(), self.lines.whole()
        self.edited.emit({"size": (height or width, width or height) if width or height else None})


def _text(name: str, tip: str, height: int) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setFixedHeight(height)
    field.setTabChangesFocus(True)
    field.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    describe(field, name, tip)
    return field


class SamplesSection(Form):
    """Number, seeds and classes of the samples."""

    def __init__(self) -> None:
        super().__init__(tr("Samples"), name="diffusion.samples")
        self._spec = SampleSpec("")
        self._names: tuple[str, ...] = ()
        self.first = NumberField(
            tr("First seed"), 0, 0, SEEDS, tip=tr("A seed gives the same sample alone and in a batch")
        )
        self.dice = QuietButton("", "dice-five", tr("Another first seed by chance"), name=tr("Random seed"))
        self.number = NumberField(tr("How many"), 1, 1, MOST, tip=tr("Samples, with seeds one after the other"))
        self.classes = ChoiceField(tr("Class"), tip=tr("What the model is asked for"))
        self.note = words()
        self._classes = labelled(tr("Class"), self.classes)
        self.lay_out(
            columns(labelled(tr("How many"), self.number), labelled(tr("First seed"), beside(self.first, self.dice))),
            self._classes,
            self.note,
        )
        describe(self.first, tr("First seed"), tr("A seed gives the same sample alone and in a batch"))
        self.first.valueChanged.connect(lambda _value: self._seed())
        self.number.valueChanged.connect(lambda _value: self._seed())
        self.dice.clicked.connect(lambda: self.first.setValue(random.randrange(SEEDS)))
        self.classes.chosen.connect(self._choose)

    def show_state(self, view: DiffusionView) -> None:
        spec = self._spec = view.spec
        self._names = view.model.classes if view.model is not None else ()
        show(self.first, spec.seeds[0] if spec.seeds else 0)
        show(self.number, max(len(spec.seeds), 1))
        say(
            self.note,
            "" if in_a_row(spec.seeds) else tr("Seeds {seeds}", seeds=", ".join(str(seed) for seed in spec.seeds)),
        )
        self._classes.setVisible(bool(self._names))
        self._offer(class_choice(spec, len(self._names)))
        self.set_summary(self._summary(spec))

    def _offer(self, value: str) -> None:
        choices = [(NONE, tr("No class")), (TURN, tr("Each class in turn"))]
        choices += [(str(index), name) for index, name in enumerate(self._names)]
        if value == OWN:
            names = ", ".join(self._class_name(index) for index in self._spec.classes)
            choices.append((OWN, tr("As listed: {names}", names=names)))
        self.classes.set_choices(choices, value)

    def _class_name(self, index: int) -> str:
        return self._names[index] if 0 <= index < len(self._names) else tr("none")

    def _summary(self, spec: SampleSpec) -> str:
        made = tr_count(len(spec.seeds), "{n} sample", "{n:,} samples")
        if not self._names or not spec.classes:
            return made
        what = tr("each class in turn") if self.classes.value() == TURN else self.classes.currentText()
        return tr("{made}, {what}", made=made, what=what)

    def _seed(self) -> None:
        first, number = self.first.whole(), self.number.whole()
        seeds = tuple(range(first, first + number))
        self.edited.emit({"seeds": seeds, "classes": spread(self._spec, len(self._names), number)})

    def _choose(self, id: str) -> None:
        if id == OWN:
            return
        turn = tuple(index % len(self._names) for index in range(len(self._spec.seeds)))
        self.edited.emit({"classes": () if id == NONE else turn if id == TURN else (int(id),)})


def in_a_row(seeds: tuple[int, ...]) -> bool:
    return not seeds or seeds == tuple(range(seeds[0], seeds[0] + len(seeds)))


def class_choice(spec: SampleSpec, names: int) -> str:
    """The choice of the class control for a specification."""
    classes = spec.classes
    if len(classes) == 0:
        return NONE
    if len(classes) > 1 and names and classes == tuple(index % names for index in range(len(spec.seeds))):
        return TURN
    alike = len(set(classes)) == 1 and 0 <= classes[0] < names
    return str(classes[0]) if alike else OWN


def spread(spec: SampleSpec, names: int, number: int) -> tuple[int, ...]:
    """The classes for another number of samples: in turn stays so, a list goes on from its start."""
    if len(spec.classes) < 2:
        return spec.classes
    if class_choice(spec, names) == TURN:
        return tuple(index % names for index in range(number))
    return tuple(spec.classes[index % len(spec.classes)] for index in range(number))


class StartSection(Form):
    """The start of a run: noise, or a picture."""

    KINDS = (
        ("noise", tr("Pure noise"), tr("Every sample from its own seed")),
        ("image", tr("A picture"), tr("The picture, with noise of the chosen strength, is denoised again")),
        ("inpaint", tr("Inpainting"), tr("What is black in the mask is kept; the rest is made anew")),
        (
            "invert",
            tr("Reconstruction"),
            tr("The ODE turns the picture into noise and back; what is lost tells the error"),
        ),
        ("between", tr("Between two seeds"), tr("From the first seed's noise to the last one's, a sample a stop")),
    )

    def __init__(self) -> None:
        super().__init__(tr("Start from"), True, name="diffusion.start")
        self._start: Start | None = None
        self.kind = ChoiceField(tr("Start from"), [(id, title) for id, title, _ in self.KINDS])
        self.note = words()
        self.choose_image = PlainButton(tr("Choose picture"), "views", tr("The picture to begin with"))
        self.choose_mask = PlainButton(tr("Choose mask"), "views", tr("Black is kept, white is made anew"))
        self.image_name, self.mask_name = _path_label(), _path_label()
        self.strength = NumberField(
            tr("Strength"),
            60,
            0,
            100,
            unit="%",
            step=5,
            tip=tr("Share of the schedule that is run: 100 % forgets the picture"),
        )
        self._image = beside(self.image_name, self.choose_image, spacing=8)
        self._mask = beside(self.mask_name, self.choose_mask, spacing=8)
        self._strength = columns(labelled(tr("Strength"), self.strength), QWidget())
        self.lay_out(self.kind, self.note, self._image, self._mask, self._strength)
        self.kind.chosen.connect(self._choose)
        self.strength.valueChanged.connect(lambda value: self._tell(strength=value / 100))

    def show_state(self, view: DiffusionView) -> None:
        start = self._start = view.spec.start
        kind = start.kind if start is not None else "noise"
        self.kind.set_value(kind)
        title, text = next((title, text) for id, title, text in self.KINDS if id == kind)
        tip(self.kind, text)
        say(self.note, text if start is not None else "")
        self._image.setVisible(kind in ("image", "inpaint", "invert"))
        self._mask.setVisible(kind == "inpaint")
        self._strength.setVisible(kind in ("image", "inpaint"))
        _show_path(self.image_name, start.image if start is not None else "", tr("No picture yet"))
        _show_path(self.mask_name, start.mask if start is not None else "", tr("No mask yet"))
        if start is not None and round(start.strength * 100) != self.strength.whole():
            show(self.strength, start.strength * 100)
        self.set_summary(title)

    def _choose(self, id: str) -> None:
        self.edited.emit({"start": None}) if id == "noise" else self._tell(kind=id)

    def _tell(self, **fields: object) -> None:
        now = self._start
        kept = {} if now is None else {"kind": now.kind, "image": now.image, "mask": now.mask, "strength": now.strength}
        self.edited.emit({"start": Start(**{"kind": "image", **kept, **fields})})  # type: ignore[arg-type]


def _path_label() -> ElidedLabel:
    return ElidedLabel("", "hint", Qt.TextElideMode.ElideMiddle)


def _show_path(label: ElidedLabel, path: str, none: str) -> None:
    label.setText(path.replace("\\", "/").rpartition("/")[2] or none)
    label.set_tip(path)
