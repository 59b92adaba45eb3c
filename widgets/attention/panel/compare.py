"""Sections of a comparison: the kinds, what is asked of them, and how it is measured."""

from __future__ import annotations

from typing import get_args

from PySide6.QtWidgets import QWidget

from engines.attention.types import KINDS, Dtype, Kind
from widgets.attention.panel.words import estimate_words
from widgets.attention.state import AttentionView
from widgets.kit.form import DEVICES, Form
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ChoiceField, NumberField, Toggle, columns, labelled
from widgets.kit.words import count

FAMILIES = {"exact": "Exact", "linear": "Linear time", "sparse": "Sparse"}
LENGTHS = tuple(2**power for power in range(6, 15))
DIMS = (16, 32, 64, 96, 128, 256)
PRECISIONS = {"float64": "float64", "float32": "float32", "bfloat16": "bfloat16, half", "float16": "float16, half"}


class KindsSection(Form):
    """Kinds by family, each ticked or not, with what it is beside it as a tip."""

    def __init__(self) -> None:
        super().__init__("Kinds", name="attention.kinds")
        self.kinds = {kind.id: _tick(kind) for kind in KINDS}
        for family, title in FAMILIES.items():
            ticks = [self.kinds[kind.id] for kind in KINDS if kind.family == family]
            if ticks:
                self.lay_out(Label(title, "hint"), _pairs(ticks))
        for toggle in self.kinds.values():
            toggle.clicked.connect(self._tell)

    def show_state(self, view: AttentionView) -> None:
        chosen = view.compare.spec.kinds
        for id, toggle in self.kinds.items():
            toggle.setChecked(id in chosen)
        self.set_summary(count(len(chosen), "kind"))

    def _tell(self) -> None:
        self.edited.emit({"kinds": tuple(id for id, toggle in self.kinds.items() if toggle.isChecked())})


class RequestSection(Form):
    """What is asked of every kind: lengths, heads, dtype, what is seen."""

    def __init__(self) -> None:
        super().__init__("Request", name="attention.request")
        self.first = ChoiceField("From", [(str(n), f"{n:,}") for n in LENGTHS], tip="The shortest sequence")
        self.last = ChoiceField(
            "To", [(str(n), f"{n:,}") for n in LENGTHS], tip="The longest; doubled on the way to it"
        )
        self.batch = NumberField("Batch", 1, 1, 512, tip="Sequences at a time")
        self.heads = NumberField("Heads", 4, 1, 128, tip="Heads of each sequence")
        self.dim = ChoiceField("Head size", [(str(d), str(d)) for d in DIMS], tip="Dimensions of a head")
        self.dtype = ChoiceField("Dtype", [(name, PRECISIONS[name]) for name in get_args(Dtype)], tip="Of q, k and v")
        self.causal = Toggle("Causal", tip="A query sees keys up to its own place")
        self.windowed = Toggle("Window", tip="A query sees keys nearer than this")
        self.reach = NumberField("Window", 256, 1, 65536, unit="keys", tip="Key j is seen where |i - j| is less")
        self.backward = Toggle("With gradients", tip="Forward and backward together, and the error of the gradients")
        self.lay_out(
            columns(labelled("From length", self.first), labelled("To length", self.last)),
            columns(labelled("Heads", self.heads), labelled("Batch", self.batch)),
            columns(labelled("Head size", self.dim), labelled("Dtype", self.dtype)),
            columns(self.causal, self.backward),
            held(row_of((self.windowed, 1), (self.reach, 1), spacing=8)),
        )
        for field in ("batch", "heads", "dtype", "causal", "backward"):
            self.bind(field, getattr(self, field))
        self.dim.chosen.connect(lambda id: self.edited.emit({"dim": int(id)}))
        self.first.chosen.connect(lambda _id: self._tell_lengths(True))
        self.last.chosen.connect(lambda _id: self._tell_lengths(False))
        self.windowed.clicked.connect(self._tell_window)
        self.reach.valueChanged.connect(self._tell_window)

    def show_state(self, view: AttentionView) -> None:
        spec = view.compare.spec
        self.show_fields(spec)
        self.dim.set_value(str(spec.dim))
        self.first.set_value(str(min(spec.lengths, default=LENGTHS[0])))
        self.last.set_value(str(max(spec.lengths, default=LENGTHS[-1])))
        self.windowed.setChecked(spec.window is not None)
        self.reach.setEnabled(spec.window is not None)
        if spec.window is not None and spec.window != self.reach.whole():
            self.reach.setValue(spec.window)
        self.set_summary(f"{spec.heads} \u00d7 {spec.dim}, {spec.dtype}")

    def _tell_lengths(self, first: bool) -> None:
        """The other end goes along where it would be passed."""
        low, high = int(self.first.value()), int(self.last.value())
        low, high = (low, max(low, high)) if first else (min(low, high), high)
        self.edited.emit({"lengths": tuple(n for n in LENGTHS if low <= n <= high)})

    def _tell_window(self) -> None:
        self.edited.emit({"window": self.reach.whole() if self.windowed.isChecked() else None})


class MeasureSection(Form):
    """Where and how often it is measured; its head says how long that is likely to take."""

    def __init__(self) -> None:
        super().__init__("Measurement", True, name="attention.measure")
        self.device = ChoiceField("Device", [("cpu", "CPU")], tip="Where the kernels run")
        self.threads = NumberField("Threads", 0, 0, 256, tip="Of the CPU; 0: all that there are")
        self.repeats = NumberField("Turns", 7, 1, 100, tip="So often each kind has its turn at a length, at least")
        self.seed = NumberField("Seed", 0, 0, 999_999, tip="Of the numbers in q, k and v")
        self.threads.setSpecialValueText("all")
        self.lay_out(
            columns(labelled("Device", self.device), labelled("Threads", self.threads)),
            columns(labelled("Turns of each", self.repeats), labelled("Seed", self.seed)),
        )
        for field in ("device", "threads", "repeats", "seed"):
            self.bind(field, getattr(self, field))

    def show_state(self, view: AttentionView) -> None:
        self.device.set_choices([(id, DEVICES.get(id, id)) for id in view.devices])
        self.show_fields(view.compare.spec)
        self.set_summary(estimate_words(view))


def _tick(kind: Kind) -> Toggle:
    return Toggle(kind.title, tip=kind.tip)


def _pairs(ticks: list[Toggle]) -> QWidget:
    """Two in a row."""
    rows = [ticks[at : at + 2] for at in range(0, len(ticks), 2)]
    return held(column_of(*(columns(*row) for row in rows), spacing=4))
