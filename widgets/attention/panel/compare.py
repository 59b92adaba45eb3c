"""Sections of a comparison: the kinds, what is asked of them, and how it is measured."""

from __future__ import annotations

from typing import get_args

from PySide6.QtWidgets import QWidget

from engines.attention.types import KINDS, Dtype, Kind
from engines.core.words import tr, tr_count
from widgets.attention.panel.words import estimate_words
from widgets.attention.state import AttentionView
from widgets.kit.form import DEVICES, Form
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import ChoiceField, NumberField, Toggle, columns, labelled

FAMILIES = {"exact": tr("Exact"), "linear": tr("Linear time"), "sparse": tr("Sparse")}
LENGTHS = tuple(2**power for power in range(6, 15))
DIMS = (16, 32, 64, 96, 128, 256)
PRECISIONS = {
    "float64": "float64",
    "float32": "float32",
    "bfloat16": tr("bfloat16, half"),
    "float16": tr("float16, half"),
}


class KindsSection(Form):
    """Kinds by family, each ticked or not, with what it is beside it as a tip."""

    def __init__(self) -> None:
        super().__init__(tr("Kinds"), name="attention.kinds")
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
        self.set_summary(tr_count(len(chosen), "{n} kind", "{n:,} kinds"))

    def _tell(self) -> None:
        self.edited.emit({"kinds": tuple(id for id, toggle in self.kinds.items() if toggle.isChecked())})


class RequestSection(Form):
    """What is asked of every kind: lengths, heads, dtype, what is seen."""

    def __init__(self) -> None:
        super().__init__(tr("Request"), name="attention.request")
        self.first = ChoiceField(tr("From"), [(str(n), f"{n:,}") for n in LENGTHS], tip=tr("The shortest sequence"))
        self.last = ChoiceField(
            tr("To"), [(str(n), f"{n:,}") for n in LENGTHS], tip=tr("The longest; doubled on the way to it")
        )
        self.batch = NumberField(tr("Batch"), 1, 1, 512, tip=tr("Sequences at a time"))
        self.heads = NumberField(tr("Heads"), 4, 1, 128, tip=tr("Heads of each sequence"))
        self.dim = ChoiceField(tr("Head size"), [(str(d), str(d)) for d in DIMS], tip=tr("Dimensions of a head"))
        self.dtype = ChoiceField(
            tr("Dtype"), [(name, PRECISIONS[name]) for name in get_args(Dtype)], tip=tr("Of q, k and v")
        )
        self.causal = Toggle(tr("Causal"), tip=tr("A query sees keys up to its own place"))
        self.windowed = Toggle(tr("Window"), tip=tr("A query sees keys nearer than this"))
        self.reach = NumberField(
            tr("Window"), 256, 1, 65536, unit=tr("keys"), tip=tr("Key j is seen where |i - j| is less")
        )
        self.backward = Toggle(
            tr("With gradients"), tip=tr("Forward and backward together, and the error of the gradients")
        )
        self.lay_out(
            columns(labelled(tr("From length"), self.first), labelled(tr("To length"), self.last)),
            columns(labelled(tr("Heads"), self.heads), labelled(tr("Batch"), self.batch)),
            columns(labelled(tr("Head size"), self.dim), labelled(tr("Dtype"), self.dtype)),
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
        super().__init__(tr("Measurement"), True, name="attention.measure")
        self.device = ChoiceField(tr("Device"), [("cpu", "CPU")], tip=tr("Where the kernels run"))
        self.threads = NumberField(tr("Threads"), 0, 0, 256, tip=tr("Of the CPU; 0: all that there are"))
        self.repeats = NumberField(
            tr("Turns"), 7, 1, 100, tip=tr("So often each kind has its turn at a length, at least")
        )
        self.seed = NumberField(tr("Seed"), 0, 0, 999_999, tip=tr("Of the numbers in q, k and v"))
        self.threads.setSpecialValueText(tr("all"))
        self.lay_out(
            columns(labelled(tr("Device"), self.device), labelled(tr("Threads"), self.threads)),
            columns(labelled(tr("Turns of each"), self.repeats), labelled(tr("Seed"), self.seed)),
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
