"""Settings of what is watched: how large the matrix is, how it is cut into tiles, and which keys are seen."""

from __future__ import annotations

from engines.core.words import tr
from widgets.attention.state import AttentionView
from widgets.kit.form import Form
from widgets.kit.panel import NumberField, Segmented, Toggle, columns, labelled

LENGTHS = (8, 48)
LEAST_TILE = 2


class WatchSection(Form):
    """A change of any of these begins anew."""

    def __init__(self) -> None:
        super().__init__(tr("Matrix and tiles"), name="attention.watch")
        self.length = NumberField(tr("Length"), 24, *LENGTHS, tip=tr("Queries, and keys"))
        self.query_tile = NumberField(tr("Rows"), 6, LEAST_TILE, LENGTHS[1], tip=tr("Rows of queries in a tile"))
        self.key_tile = NumberField(tr("Keys"), 6, LEAST_TILE, LENGTHS[1], tip=tr("Keys in a tile"))
        self.causal = Toggle(tr("Causal"), tip=tr("A query sees keys up to its own place"))
        self.reach = NumberField(
            tr("Window"), 0, 0, LENGTHS[1], tip=tr("A query sees keys nearer than this; 0 for all")
        )
        self.reach.setSpecialValueText(tr("none"))
        self.seed = NumberField(tr("Seed"), 0, 0, 999_999, tip=tr("Of the numbers in q, k and v"))
        self.which = Segmented(
            tr("Pass"), (("forward", tr("Forward")), ("backward", tr("Backward"))), tip=tr("Which way is gone through")
        )
        self.made_up = columns(labelled(tr("Length"), self.length), labelled(tr("Seed"), self.seed))
        self.lay_out(
            self.which,
            self.made_up,
            columns(labelled(tr("Rows in a tile"), self.query_tile), labelled(tr("Keys in a tile"), self.key_tile)),
            self.causal,
            labelled(tr("Window"), self.reach),
        )
        for field in ("length", "query_tile", "key_tile", "causal", "seed"):
            self.bind(field, getattr(self, field))
        self.bind("window", self.reach)
        self.which.chosen.connect(lambda id: self.edited.emit({"backward": id == "backward"}))

    def show_state(self, view: AttentionView) -> None:
        spec = view.watch.spec
        self.show_fields(spec)
        self.made_up.setVisible(not view.watch.of_network)
        self.which.set_value("backward" if spec.backward else "forward")
        self.set_summary(
            tr(
                "{length}, tiles {query_tile} \u00d7 {key_tile}",
                length=spec.length,
                query_tile=spec.query_tile,
                key_tile=spec.key_tile,
            )
        )
