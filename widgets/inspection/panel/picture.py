"""The section of the picture: which source is looked at, and how its picture goes into the model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal

from engines.core.networks.preprocessing import Preprocessing
from engines.core.words import tr
from engines.inspection.pictures import picture_input, preprocessing_of
from engines.inspection.types import ModelSheet
from widgets.inspection.state import InspectionView
from widgets.inspection.words import going_in
from widgets.kit.form import Form, read, say, show, words
from widgets.kit.panel import ChoiceField, NumberField, Segmented, TextField, Toggle, columns, labelled
from widgets.sources.picker import SourcePicker

MOST = 8192


class PictureSection(Form):
    """`sourceChosen(path)`; `preprocessingChanged(Preprocessing or None)`, None for as the model says."""

    sourceChosen = Signal(str)
    preprocessingChanged = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("Picture"), name="inspection.picture")
        self.source = SourcePicker(tr("Camera, film or picture that the model sees"))
        self.source.sourceChosen.connect(self.sourceChosen)
        self.own = Toggle(tr("As the model says"), True, tip=tr("How a picture goes in is taken from the file"))
        self.how, self.fields_box = words(), _How()
        self._shown: Preprocessing | None = None
        self.own.clicked.connect(self._turn)
        self.fields_box.changed.connect(self.preprocessingChanged)
        self.lay_out(self.source, self.own, self.how, self.fields_box)

    def show_state(self, view: InspectionView) -> None:
        look, sheet = view.look, view.model.sheet
        self.source.show_sources(look.sources, look.source)
        says = sheet.preprocessing if sheet is not None else None
        set_by_hand = look.preprocessing is not None
        self._shown = look.preprocessing or says or (_usual(sheet) if sheet is not None else None)
        show(self.own, not set_by_hand)
        fitted = view.look.look.seen.fitted if view.look.look is not None else ""
        self.how.setToolTip(fitted)
        say(self.how, fitted if self._shown is None or set_by_hand else _how_words(self._shown, known=says is not None))
        self.fields_box.setVisible(set_by_hand)
        if self._shown is not None:
            self.fields_box.show_how(self._shown)
        self.set_summary(look.title)

    def _turn(self, own: bool) -> None:
        self.preprocessingChanged.emit(None if own else self._shown or Preprocessing())


def _how_words(how: Preprocessing, *, known: bool) -> str:
    told = going_in(how)
    return f"{told}." if known else tr("The file does not say; taken as usual: {told}.", told=told)


class _How(Form):
    """The fields of a `Preprocessing`. `changed(Preprocessing)`."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("How it goes in"), name="inspection.how")
        self._how = Preprocessing()
        self.high = NumberField(tr("Height"), 224, 1, MOST, unit="px", tip=tr("Rows of the input"))
        self.wide = NumberField(tr("Width"), 224, 1, MOST, unit="px", tip=tr("Columns of the input"))
        order = [("RGB", "RGB"), ("BGR", "BGR"), ("grey", tr("Grey"))]
        self.colours = Segmented(tr("Colours"), order, tip=tr("Order of the colours that the model was trained with"))
        fits = [("stretch", tr("Stretched")), ("letterbox", tr("Whole, bordered")), ("crop", tr("Its middle"))]
        self.fit = ChoiceField(tr("Fit"), fits, tip=tr("How a picture of another shape goes in"))
        self.mean = TextField(
            tr("Mean"), tip=tr("Subtracted from pixels of 0 to 255: one number, or one for each colour")
        )
        self.std = TextField(tr("Divided by"), tip=tr("One number, or one for each colour"))
        self.lay_out(
            columns(labelled(tr("Height"), self.high), labelled(tr("Width"), self.wide)),
            labelled(tr("Colours"), self.colours),
            columns(labelled(tr("Mean"), self.mean), labelled(tr("Divided by"), self.std)),
            labelled(tr("Fit"), self.fit),
        )
        for control in (self.high, self.wide):
            control.valueChanged.connect(lambda _value: self._tell())
        for control in (self.colours, self.fit):
            control.chosen.connect(lambda _value: self._tell())
        for field in (self.mean, self.std):
            field.editingFinished.connect(self._tell)

    def show_how(self, how: Preprocessing) -> None:
        if how == self._how and self.mean.text():
            return
        self._how = how
        show(self.high, how.size[0])
        show(self.wide, how.size[1])
        show(self.colours, how.colours)
        show(self.fit, how.fit)
        for field, values in ((self.mean, how.mean), (self.std, how.std)):
            show(field, ", ".join(f"{value:g}" for value in values))
            field.set_problem("")

    def _tell(self) -> None:
        mean, std = numbers(self.mean.text()), numbers(self.std.text())
        self.mean.set_problem("" if mean else tr("One number, or three"))
        self.std.set_problem("" if std and all(std) else tr("One number, or three, none of them 0"))
        if not mean or not std or not all(std):
            return
        size = self.high.whole(), self.wide.whole()
        how = replace(self._how, size=size, colours=read(self.colours), fit=read(self.fit), mean=mean, std=std)
        if how != self._how:
            self._how = how
            self.changed.emit(how)


def _usual(sheet: ModelSheet) -> Preprocessing:
    """What the engine takes where the file says nothing."""
    return preprocessing_of(sheet) if picture_input(sheet) is not None else Preprocessing()


def numbers(text: str) -> tuple[float, ...]:
    """One number or three, () for anything else."""
    try:
        found = tuple(float(part) for part in text.replace(";", ",").split(",") if part.strip())
    except ValueError:
        return ()
    return found if len(found) in (1, 3) else ()
