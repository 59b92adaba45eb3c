"""The live look into a model: each frame goes through it as far as the layer that is watched, and no further.

`Live[LookSpec, LookResult]` for one view. The model is opened once; another layer, unit, view or order is taken between
two frames. It runs in a worker: a model's file never comes into the window's process.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import torch

from engines.core.context import Context
from engines.core.frames import Frame, FrameSet
from engines.core.live import Reset
from engines.core.processor import most_threads
from engines.core.words import tr
from engines.inspection.activations.layout import Layout, layout_of, usual_layer
from engines.inspection.activations.looking import look as activations
from engines.inspection.activations.statistics import Dead
from engines.inspection.attention.looking import AttentionView
from engines.inspection.field.looking import look as field
from engines.inspection.looks import LookResult, LookSpec, Seen
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_spec
from engines.inspection.running.fitting import Fitting, fitting_of
from engines.inspection.running.network import Network
from engines.inspection.types import OpenSpec

REOPEN = ("path", "shapes", "code")
"""Settings that need a fresh `open`."""


class Look:
    """model: one that is open already, instead of the settings' path."""

    def __init__(self, model: Model | None = None) -> None:
        self._given = model
        self._spec = LookSpec()
        self._network: Network | None = None
        self._fitting: Fitting | None = None
        self._attention: AttentionView | None = None
        self._still: tuple[Frame, LookSpec] | None = None
        self._layer, self._layout, self._dead = "", Layout(1), Dead()

    def open(self, settings: LookSpec, ctx: Context) -> None:
        """Raises `BadInput` for what is no model, cannot be run here or takes no pictures."""
        ctx.check()
        ctx.progress(0, 1, tr("Opening the model"))
        model = self._given or open_spec(OpenSpec(settings.path, settings.shapes, settings.code))
        ctx.check()
        self._network = Network(model)
        ctx.progress(1, 1, model.sheet.title)
        self._take(settings)

    def configure(self, settings: LookSpec) -> bool:
        """Everything but another model is taken as it goes."""
        if self._network is None or any(getattr(settings, name) != getattr(self._spec, name) for name in REOPEN):
            return False
        self._take(settings)
        return True

    def process(self, frames: FrameSet) -> LookResult:
        """Look at the first frame of the set. Raises `UsageError` for a layer that the model does not have."""
        assert self._network is not None, "open() comes first"
        assert self._fitting is not None, "open() comes first"
        began = perf_counter()
        frame = frames[0]
        fitted = self._fitting.fit(frame.image)
        shape = self._network.graph.shape(self._network.layer(self._layer).node.output) or ()
        seen = Seen(frame.stamp, self._layer, shape, fitted.picture, fitted.placed, fitted.words, 0.0)
        found = self._look(fitted.inputs, seen)
        self._still = frame, self._spec
        return replace(found, seen=replace(found.seen, milliseconds=(perf_counter() - began) * 1000))

    def again(self) -> LookResult | None:
        """Of the picture that stands still, when the settings have changed."""
        if self._still is None or self._still[1] == self._spec:
            return None
        return self.process([self._still[0]])

    def reset(self, why: Reset) -> None:
        """What was seen no longer holds: dead units are counted anew."""
        self._dead, self._still = Dead(), None

    def close(self) -> None:
        self._still = None
        self._network = self._fitting = self._attention = None

    def _take(self, settings: LookSpec) -> None:
        assert self._network is not None
        torch.set_num_threads(max(1, min(settings.threads, most_threads())))
        model, before = self._network.model, self._layer
        self._fitting = fitting_of(model, settings.shapes, settings.preprocessing)
        self._spec = settings
        self._layer = self._layer_of(settings)
        if self._layer != before:
            node = self._network.layer(self._layer).node
            self._layout, self._dead = layout_of(model.sheet, model.graph, node), Dead()

    def _layer_of(self, settings: LookSpec) -> str:
        assert self._network is not None
        if settings.view == "attention":
            self._attention = self._attention or AttentionView(self._network)
            return self._attention.layer(settings)
        return settings.layer or usual_layer(self._network.model.sheet, self._network.graph)

    def _look(self, inputs: tuple[torch.Tensor, ...], seen: Seen) -> LookResult:
        assert self._network is not None
        if self._spec.view == "activations":
            return activations(self._network, inputs, seen, self._spec, self._layout, self._dead)
        if self._spec.view == "attention":
            assert self._attention is not None
            return self._attention.look(inputs, seen, self._spec)
        return field(self._network, inputs, seen, replace(self._spec, layer=self._layer))
