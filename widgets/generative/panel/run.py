"""The section on what a run is computed and what it costs: device, precision, batch, previews, the first jump."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engines.attention.types import KINDS
from engines.core.words import tr
from widgets.generative.panel.words import estimate_words
from widgets.generative.state import DiffusionView
from widgets.kit.form import DEVICES, Form, SigmaField, beside, say, words
from widgets.kit.panel import ChoiceField, NumberField, PlainButton, Toggle, columns, labelled

PRECISIONS = (
    ("float32", "float32"),
    ("float64", tr("float64, exact")),
    ("float16", tr("float16, half")),
    ("bfloat16", tr("bfloat16, half")),
)
FASTEST = tr("Fastest here")
KERNELS = (("", FASTEST), *((kind.id, kind.title) for kind in KINDS if kind.exact))


class RunSection(Form):
    """Bound to the specification itself; its head says what the run is likely to cost."""

    def __init__(self) -> None:
        super().__init__(tr("Run"), True, name="diffusion.run")
        self.device = ChoiceField(
            tr("Device"), [("cpu", "CPU")], tip=tr("Where the network runs; noise is drawn on the CPU")
        )
        self.precision = ChoiceField(
            tr("Precision"), PRECISIONS, tip=tr("Of the network; the levels are always float64")
        )
        self.offer = words("")
        self.measure = PlainButton(
            tr("Compare precisions"), "speed", tr("Measure here what bfloat16 gains in time and costs in the pictures")
        )
        self.take = PlainButton(tr("Use bfloat16"), "", tr("Sample with the network in bfloat16"))
        self.take.clicked.connect(lambda: self.edited.emit({"precision": "bfloat16"}))
        self.batch = NumberField(
            tr("Batch"), 0, 0, 4096, tip=tr("Samples at a time, 0: all at once; halved by itself when memory runs out")
        )
        self.preview = NumberField(
            tr("Preview every"), 1, 0, 1000, unit=tr("steps"), tip=tr("Steps between previews, 0: none")
        )
        self.exact = Toggle(
            tr("One by one, bit for bit"), tip=tr("A sample then does not depend on its batch in any bit; slower")
        )
        self.kernel = ChoiceField(tr("Attention"), KERNELS, tip=tr("The kernel that the network's attention runs on"))
        self.keep = Toggle(
            tr("Keep every step"), tip=tr("So that the steps can be looked at afterwards; takes disk space")
        )
        self.teleport = Toggle(
            tr("Teleport first"), tip=tr("Jump through high noise by the closed form for a Gaussian, at no evaluation")
        )
        self.target = SigmaField(tr("Teleport to"), tip=tr("The noise level after the jump; empty chooses it"))
        self.target.set_own(None, "auto")
        self.batch.setSpecialValueText(tr("all"))
        self.preview.setSpecialValueText(tr("none"))
        self._target = labelled(tr("Jump to \u03c3"), self.target)
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
        self.preview.setSuffix(tr(" step") if spec.preview_every == 1 else tr(" steps"))
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
        self.measure.setText(tr("Measuring") if precision.busy is not None else tr("Compare precisions"))
        self.take.setVisible(found is not None and found.offered and view.spec.precision != "bfloat16")

    def _lay_out(self) -> None:
        self.lay_out(
            columns(labelled(tr("Device"), self.device), labelled(tr("Precision"), self.precision)),
            self.offer,
            beside(QWidget(), self.take, self.measure, spacing=8),
            columns(labelled(tr("Samples at a time"), self.batch), labelled(tr("Preview every"), self.preview)),
            labelled(tr("Attention"), self.kernel),
            self.exact,
            self.keep,
            self.teleport,
            self._target,
        )


def kernels(chosen: str, exact: bool) -> list[tuple[str, str]]:
    """What can be chosen, and with it the kernel that a repeated run was made by."""
    usual = [(id, tr("SDPA, held to it") if exact and not id else title) for id, title in KERNELS]
    return usual if chosen in dict(KERNELS) else [*usual, (chosen, tr("{chosen}, as it was made", chosen=chosen))]
