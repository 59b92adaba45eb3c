"""Sections on how noise is removed: sampler with its own numbers, schedule with its curve, guidance."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from engines.core.words import tr, tr_count
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.types import ModelInfo, SampleSpec, Schedule
from widgets.generative.panel.schedule_curve import Points, ScheduleCurve
from widgets.generative.panel.words import (
    folder_words,
    follows,
    sampler_title,
    schedule_levels,
    schedule_title,
    unguided,
)
from widgets.generative.state import DiffusionView
from widgets.kit.access.tabs import reorder_tabs
from widgets.kit.form import (
    Control,
    Form,
    SigmaField,
    beside,
    keep_room,
    number,
    on_change,
    read,
    say,
    shared,
    show,
    tip,
    words,
)
from widgets.kit.panel import ChoiceField, NumberField, QuietButton, Toggle, columns, labelled

INTERVAL = (0.3, 5.0)
LARGE = 1e3
WEIGHT_TIPS = (tr("1 is none; 1.5 to 7 is usual, more is harsher"), tr("0 is none; 1 follows the classifier as it is"))


class SamplerSection(Form):
    """The method, how many steps, and the numbers that only this method has."""

    def __init__(self) -> None:
        super().__init__(tr("Sampler"), name="diffusion.sampler")
        self.sampler = ChoiceField(tr("Sampler"), [(entry.id, entry.title) for entry in catalog.SAMPLERS])
        self.steps = NumberField(tr("Steps"), 20, 1, 1000, tip=tr("Noise levels that are visited"))
        self.note, self.folder = words(), words()
        told = tr("Sampler, steps, schedule and guidance of the folder's pipeline")
        self.back = QuietButton(tr("Follow it"), tip=told, name=tr("Follow the folder"))
        self._folder = beside(self.folder, self.back)
        self._rows = _Options()
        self._options: dict[str, float] = {}
        self._model: ModelInfo | None = None
        self.bind("steps", self.steps)
        self.lay_out(
            shared(labelled(tr("Method"), self.sampler), labelled(tr("Steps"), self.steps), 3, 1),
            self.note,
            self._rows,
            self._folder,
        )
        self.sampler.chosen.connect(self._choose)
        self.back.clicked.connect(self._follow_folder)

    def show_state(self, view: DiffusionView) -> None:
        spec = view.spec
        entry = catalog.sampler(spec.sampler)
        self.show_fields(spec)
        self.sampler.set_value(entry.id if entry is not None else spec.sampler)
        self.set_summary(
            tr(
                "{sampler_title}, {steps}",
                sampler_title=sampler_title(spec.sampler),
                steps=tr_count(spec.steps, "{n} step", "{n:,} steps"),
            )
        )
        say(self.note, sampler_note(entry, spec.steps))
        tip(self.sampler, entry.tip if entry is not None else tr("The method of sampling"))
        self._options, self._model = spec.options, view.model
        say(self.folder, folder_words(spec, view.model))
        self.back.setVisible(view.model is not None and not follows(spec, view.model))
        self._folder.setVisible(bool(self.folder.text()))
        self._rows.show_options(entry.options if entry is not None else (), spec.options, self._set_option)

    def _choose(self, id: str) -> None:
        """Another method keeps the numbers that it knows too."""
        entry = catalog.sampler(id)
        known = {option.name for option in entry.options} if entry is not None else set()
        options = {name: value for name, value in self._options.items() if name in known}
        self.edited.emit({"sampler": id, "options": options})

    def _set_option(self, name: str, value: float) -> None:
        self.edited.emit({"options": {**self._options, name: value}})

    def _follow_folder(self) -> None:
        if self._model is not None:
            usual = catalog.usual(self._model)
            names = ("sampler", "options", "steps", "schedule", "guidance")
            self.edited.emit({name: getattr(usual, name) for name in names})

    def option(self, name: str) -> Control:
        """The control of one of the sampler's own numbers."""
        return self._rows.fields[name]


def sampler_note(entry: catalog.Sampler | None, steps: int) -> str:
    """The method in words, with its cost."""
    if entry is None:
        return ""
    cost = tr_count(steps * entry.evaluations, "{n} evaluation", "{n:,} evaluations") if entry.evaluations > 1 else ""
    noise = tr("draws noise") if entry.stochastic else ""
    more = ", ".join(part for part in (cost, noise) if part)
    return f"{entry.tip} ({more})" if more else entry.tip


class _Options(QWidget):
    """A sampler's own numbers, two a row; made anew when the sampler changes."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self._shown: tuple[catalog.Option, ...] = ()
        self.fields: dict[str, Control] = {}
        self.hide()

    def show_options(self, options: tuple[catalog.Option, ...], values: dict[str, float], act: Any) -> None:
        if options != self._shown:
            self._make(options, act)
        for option in options:
            _show_option(self.fields[option.name], values.get(option.name, option.default))
        self.setVisible(bool(options))

    def _make(self, options: tuple[catalog.Option, ...], act: Any) -> None:
        while item := self._grid.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._shown, self.fields = options, {}
        for index, option in enumerate(options):
            field = self.fields[option.name] = option_field(option)
            on_change(field, lambda name=option.name, field=field: act(name, float(read(field))))
            wide = isinstance(field, Toggle)
            part = field if wide else labelled(option.title, field, option.tip)
            self._grid.addWidget(part, index // 2, index % 2, Qt.AlignmentFlag.AlignTop)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)
        reorder_tabs(self)


def _show_option(field: Control, value: float) -> None:
    show(field, bool(value) if isinstance(field, Toggle) else value)


def option_field(option: catalog.Option) -> Control:
    """A switch, a whole number, a noise level or a number to two digits."""
    if option.whole and (option.low, option.high) == (0, 1):
        return Toggle(option.title, tip=option.tip)
    if option.high > LARGE or option.name.startswith("churn_m"):
        field = SigmaField(option.title, optional=False, tip=option.tip)
        field.setRange(option.low, option.high)
        return field
    step = 1.0 if option.whole or option.high > 10 else 0.05
    decimals = 0 if option.whole else 2
    return NumberField(
        option.title, option.default, option.low, option.high, decimals=decimals, step=step, tip=option.tip
    )


class ScheduleSection(Form):
    """The noise levels that the steps visit. The first drag of a point turns any schedule into a drawn one."""

    def __init__(self) -> None:
        super().__init__(tr("Noise schedule"), name="diffusion.schedule")
        self._schedule, self._named = Schedule(), "karras"
        self.name = ChoiceField(tr("Schedule"), [(entry.id, entry.title) for entry in catalog.SCHEDULES])
        self._model: ModelInfo | None = None
        self.curve = ScheduleCurve()
        self.high = SigmaField(
            tr("Highest noise"), infinite=True, tip=tr("Sigma at the start; empty as the model says")
        )
        self.low = SigmaField(tr("Lowest noise"), tip=tr("The last sigma above zero; empty as the model says"))
        self.rho = NumberField(
            tr("Rho"), 7, 0.1, 100, decimals=1, tip=tr("Karras: larger puts more steps at low noise")
        )
        self.shift = NumberField(
            tr("Shift"),
            1,
            0.01,
            100,
            decimals=2,
            step=0.1,
            tip=tr("Every level times this; Stable Diffusion 3 takes 3"),
        )
        self.problem = words()
        self._ends = columns(labelled(tr("Highest \u03c3"), self.high), labelled(tr("Lowest \u03c3"), self.low))
        self._rho, self._shift = labelled(tr("Rho"), self.rho), labelled(tr("Shift"), self.shift)
        self._more = columns(self._shift, keep_room(self._rho))
        bound = {"sigma_max": self.high, "sigma_min": self.low, "rho": self.rho, "shift": self.shift}
        for field, control in bound.items():
            self.bind(field, control)
        self.lay_out(self.name, self.curve, self.problem, self._ends, self._more)
        self.name.chosen.connect(self._choose)
        self.curve.changed.connect(self._draw)
        self.curve.resetWanted.connect(self._reset)

    def show_state(self, view: DiffusionView) -> None:
        schedule = self._schedule = view.spec.schedule
        drawn = schedule.name == "custom"
        if not drawn:
            self._named = schedule.name
        own = self._model = view.model
        folders = schedule.name == catalog.OWN.id
        entries = catalog.schedules(folders or (own is not None and own.own is not None))
        self.name.set_choices([(entry.id, entry.title) for entry in entries], schedule.name)
        entry = catalog.schedule(schedule.name)
        tip(self.name, entry.tip if entry is not None else tr("How the noise levels are spread"))
        self.high.set_own(own and own.sigma_max)
        self.low.set_own(own and own.sigma_min)
        self.show_fields(schedule)
        self._ends.setVisible(not folders)
        for part in (self._ends, self._more):
            part.setEnabled(not drawn)
        self._rho.setVisible(schedule.name == "karras")
        levels, error = schedule_levels(view.spec, own)
        self.curve.show_levels(levels, schedule.points if drawn else ())
        say(self.problem, str(error) if error is not None else "")
        self.set_summary(schedule_summary(schedule, own))

    def _choose(self, id: str) -> None:
        if self._model is not None and id == catalog.OWN.id:
            usual = catalog.usual(self._model).schedule
            self.edited.emit({field.name: getattr(usual, field.name) for field in fields(usual)})
            return
        points: Points = self.curve.points if id == "custom" else ()
        shift = 1.0 if id == "custom" else catalog.rescheduled(self._schedule, id).shift
        self.edited.emit({"name": id, "points": points, "shift": shift})

    def _draw(self, points: Points) -> None:
        self.edited.emit({"name": "custom", "points": points, "shift": 1.0})

    def _reset(self) -> None:
        if self._schedule.name == "custom":
            self.edited.emit({"name": self._named, "points": ()})


def schedule_summary(schedule: Schedule, model: ModelInfo | None) -> str:
    """'Karras, 80 to 0.002'."""
    if schedule.name == "custom":
        return schedule_title("custom")
    if schedule.name == catalog.OWN.id:
        return schedule_title(schedule.name) + (
            tr(", shift {shift:.3g}", shift=schedule.shift) if schedule.shift != 1 else ""
        )
    high = schedule.sigma_max if schedule.sigma_max is not None else model and model.sigma_max
    low = schedule.sigma_min if schedule.sigma_min is not None else model and model.sigma_min
    ends = (
        tr(", {high} to {low}", high=number(high, True), low=number(low))
        if high is not None and low is not None
        else ""
    )
    return schedule_title(schedule.name) + ends


class GuidanceSection(Form):
    """The push of samples towards their class or prompt. Bound to `Guidance`; classes are elsewhere."""

    KINDS = (
        ("cfg", tr("Classifier-free"), tr("D without a class, moved by the weight towards D with it")),
        ("auto", tr("Autoguidance"), tr("Away from a weaker model's D")),
        ("classifier", tr("Classifier"), tr("Along the gradient of a noise-aware classifier")),
    )

    def __init__(self) -> None:
        super().__init__(tr("Guidance"), name="diffusion.guidance")
        self._interval = INTERVAL
        self.weight = NumberField(tr("Guidance weight"), 1, 0, 100, decimals=2, step=0.25, tip=WEIGHT_TIPS[0])
        self.kind = ChoiceField(tr("Kind of guidance"), [(id, title) for id, title, _ in self.KINDS])
        self.weak = ChoiceField(tr("Weaker model"), tip=tr("What autoguidance moves away from"))
        self.classifier = ChoiceField(tr("Classifier"), tip=tr("Whose gradient is followed"))
        self.weak.given = self.classifier.given = True
        self.limited = Toggle(
            tr("Only between two noise levels"), tip=tr("Outside them the weight is 1, which saves time too")
        )
        self.low = SigmaField(
            tr("Guidance from"), optional=False, tip=tr("Below this noise level there is no guidance")
        )
        self.high = SigmaField(tr("Guidance to"), optional=False, tip=tr("Above this noise level there is no guidance"))
        for field in ("weight", "kind", "weak", "classifier"):
            self.bind(field, getattr(self, field))
        self._weak, self._classifier = (
            labelled(tr("Weaker model"), self.weak),
            labelled(tr("Classifier"), self.classifier),
        )
        self._ends = columns(labelled(tr("From \u03c3"), self.low), labelled("To \u03c3", self.high))
        self.lay_out(
            shared(labelled(tr("Weight"), self.weight), labelled(tr("Kind"), self.kind), 2, 3),
            self._weak,
            self._classifier,
            self.limited,
            self._ends,
        )
        self.limited.clicked.connect(self._limit)
        self.low.valueChanged.connect(lambda _value: self._tell())
        self.high.valueChanged.connect(lambda _value: self._tell())

    def show_state(self, view: DiffusionView) -> None:
        guidance = view.spec.guidance
        self.setVisible(guidable(view.model) or not unguided(guidance))
        self._offer(view)
        self.show_fields(guidance)
        self._weak.setVisible(guidance.kind == "auto")
        self._classifier.setVisible(guidance.kind == "classifier")
        tip(self.kind, next(text for id, _, text in self.KINDS if id == guidance.kind))
        self.limited.setChecked(guidance.interval is not None)
        self._ends.setVisible(guidance.interval is not None)
        self._interval = guidance.interval or self._interval
        show(self.low, self._interval[0])
        show(self.high, self._interval[1])
        title = next(title for id, title, _ in self.KINDS if id == guidance.kind)
        tip(self.weight, WEIGHT_TIPS[guidance.kind == "classifier"])
        self.set_summary(
            tr("none") if unguided(guidance) else tr("{title}, weight {weight:g}", title=title, weight=guidance.weight)
        )

    def _offer(self, view: DiffusionView) -> None:
        """Models that could help: of the same shape, and not the model itself."""
        model, guidance = view.model, view.spec.guidance
        others = [one for one in view.models if model is None or (one.shape == model.shape and one.name != model.name)]
        _fill(self.weak, [("", tr("The model's own")), *((one.name, one.title) for one in others)], guidance.weak)
        _fill(self.classifier, [("", tr("The model's own"))], guidance.classifier)

    def _limit(self, on: bool) -> None:
        self.edited.emit({"interval": self._interval if on else None})

    def _tell(self) -> None:
        low, high = self.low.value(), self.high.value()
        self.edited.emit({"interval": (min(low, high), max(low, high))})


def guidable(model: ModelInfo | None) -> bool:
    return model is not None and bool(model.classes or model.text or model.weak or model.classifier)


def _fill(field: ChoiceField, choices: list[tuple[str, str]], value: str) -> None:
    """The choices, and the present value where it is none of them."""
    if value and all(id != value for id, _ in choices):
        choices = [*choices, (value, value.replace("\\", "/").rpartition("/")[2])]
    field.set_choices(choices, value)


def edited(spec: SampleSpec, part: str, fields: dict[str, Any]) -> SampleSpec:
    """`spec` with fields of itself (part "") or of its schedule or guidance replaced."""
    if not part:
        return replace(spec, **fields)
    return replace(spec, **{part: replace(getattr(spec, part), **fields)})
