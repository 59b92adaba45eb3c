"""The section on what a run is computed and what it costs: device, precision, batch, previews, the first jump."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engines.attention.types import KINDS
from widgets.generative.panel.words import estimate_words
from widgets.generative.state import DiffusionView
from widgets.kit.form import DEVICES, Form, SigmaField, beside, say, words
from widgets.kit.panel import ChoiceField, NumberField, PlainButton, Toggle, columns, labelled

PRECISIONS = (
    ("float32", "float32"),
    ("float64", "float64, exact"),
    ("float16", "float16, half"),
    ("bfloat16", "bfloat16, half"),
)
FASTEST = "Fastest here"
KERNELS = (("", FASTEST), *((kind.id, kind.title) for kind in KINDS if kind.exact))


class RunSection(Form):
    """Bound to the specification itself; its head says what the run is likely to cost."""

    def __init__(self) -> None:
        super().__init__("Run", True, name="diffusion.run")
        self.device = ChoiceField("Device", [("cpu", "CPU")], tip="Where the network runs; noise is drawn on the CPU")
        self.precision = ChoiceField("Precision", PRECISIONS, tip="Of the network; the levels are always float64")
        self.offer = words("")
        self.measure = PlainButton(
            "Compare precisions", "speed", "Measure here what bfloat16 gains in time and costs in the pictures"
        )
        self.take = PlainButton("Use bfloat16", "", "Sample with the network in bfloat16")
        self.take.clicked.connect(lambda: self.edited.emit({"precision": "bfloat16"}))
        self.batch = NumberField(
            "Batch", 0, 0, 4096, tip="Samples at a time, 0: all at once; halved by itself when memory runs out"
        )
        self.preview = NumberField("Preview every", 1, 0, 1000, unit="steps", tip="Steps between previews, 0: none")
        self.exact = Toggle(
            "One by one, bit for bit", tip="A sample then does not depend on its batch in any bit; slower"
        )
        self.kernel = ChoiceField("Attention", KERNELS, tip="The kernel that the network's attention runs on")
        self.keep = Toggle("Keep every step", tip="So that the steps can be looked at afterwards; takes disk space")
        self.teleport = Toggle(
            "Teleport first", tip="Jump through high noise by the closed form for a Gaussian, at no evaluation"
        )
        self.target = SigmaField("Teleport to", tip="The noise level after the jump; empty chooses it")
        self.target.set_own(None, "auto")
        self.batch.setSpecialValueText("all")
        self.preview.setSpecialValueText("none")
        self._target = labelled("Jump to \u03c3", self.target)
        self._lay_out()
        for field in ("device", "precision", "batch", "exact", "kernel", "teleport"):
            self.bind(field, getattr(self, field))
        bound = {"keep_steps": self.keep, "preview_every": self.preview, "teleport_to": self.target}
        for field, control in bound.items():
            self.bind(field, control)

    def show_state(self, view: DiffusionView) -> None:
        spec, model = view.spec, view.model
        self.device.set_choices([(id, DEVICES.get(id, id)) for id in view.devices])
        self.kernel.set_choices(kernels(spec.kernel, spec.exact))
        self.show_fields(spec)
        self.preview.setSuffix(" step" if spec.preview_every == 1 else " steps")
        self._show_offer(view)
        jumps = model is not None and model.moments
        self.teleport.setVisible(jumps)
        self._target.setVisible(jumps and spec.teleport)
        self.set_summary(estimate_words(view))

    def _show_offer(self, view: DiffusionView) -> None:
        """On a CPU bfloat16 may be faster or slower: it is measured before it is offered."""
        precision, here = view.precision, view.spec.device == "cpu"
        found = precision.result if here else None
        say(self.offer, f"{found.words}." if found is not None else "")
        self.measure.setVisible(here and view.model is not None and view.model.kind != "analytic")
        self.measure.setText("Measuring" if precision.busy is not None else "Compare precisions")
        self.take.setVisible(found is not None and found.offered and view.spec.precision != "bfloat16")

    def _lay_out(self) -> None:
        self.lay_out(
            columns(labelled("Device", self.device), labelled("Precision", self.precision)),
            self.offer,
            beside(QWidget(), self.take, self.measure, spacing=8),
            columns(labelled("Samples at a time", self.batch), labelled("Preview every", self.preview)),
            labelled("Attention", self.kernel),
            self.exact,
            self.keep,
            self.teleport,
            self._target,
        )


def kernels(chosen: str, exact: bool) -> list[tuple[str, str]]:
    """What can be chosen, and with it the kernel that a repeated run was made by."""
    usual = [(id, "SDPA, held to it" if exact and not id else title) for id, title in KERNELS]
    return usual if chosen in dict(KERNELS) else [*usual, (chosen, f"{chosen}, as it was made")]
