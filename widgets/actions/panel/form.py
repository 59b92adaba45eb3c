"""Sections of the training form: features, network, loss, how far it looks ahead, and numbers that seldom matter.

Fields are shown as they will be used: published settings stand where nothing else was set. What a network does not
have is not there to be set.
"""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from engines.actions.models.settings import LIMITS, filled
from engines.actions.study_types import TrainSpec
from engines.core.words import as_part, tr
from widgets.actions.panel.words import length_words
from widgets.actions.state import TrainView
from widgets.kit.form import DEVICES, Form, keep_room, say, show, tip, words
from widgets.kit.panel import ChoiceField, NumberField, Segmented, columns, labelled
from widgets.kit.when_new import when_new

FEATURES = {
    "appearance": (
        tr("Appearance"),
        tr("What the picture shows and how it moves: EfficientNet-Lite0 and DIS optical flow"),
    ),
    "pose": (tr("Body pose"), tr("33 points of one body with their speeds: MediaPipe pose; the place does not matter")),
    "both": (tr("Both"), tr("Appearance, motion and body pose side by side; takes the time of both")),
}
HEADS = {
    "trn": ("TRN", tr("Anticipates the next moments and uses them to say what happens now")),
    "idn": ("IDN", tr("Weighs the past by what it says of the present chunk")),
    "miniroad": ("MiniROAD", tr("One GRU, taught by the last step of each window: small and fast")),
    "gru": ("GRU", tr("A plain recurrent network")),
    "lstm": ("LSTM", tr("A plain recurrent network with a memory cell")),
    "frame": (tr("One frame"), tr("Logistic regression on single chunks: what is reached without time")),
}
LOSSES = {
    "ce": (tr("Cross entropy"), tr("Every step of a window counts")),
    "last": (tr("Last step"), tr("Cross entropy of each window's newest step alone, as MiniROAD was released")),
    "focal": (tr("Focal"), tr("What is already right counts less; gamma 2")),
    "soft-f1": (tr("Soft F1"), tr("The mean F1 over the classes itself, made differentiable")),
}
STEPS_TIP = tr("Updates of the weights at most")
TIMELESS = ("hidden", "width", "dropout")
"""Fields that a network of one frame does not have."""


class FeaturesSection(Form):
    """The features that describe a frame, and the rate of decisions."""

    def __init__(self) -> None:
        super().__init__(tr("Features"), name="actions.train.features")
        self.kind = Segmented(tr("Features"), [(id, title) for id, (title, _) in FEATURES.items()])
        self.told = words("hint")
        said = tr("Chunks of a second, one decision each; 0 takes the film's own frames, up to 10 a second")
        self.rate = NumberField(tr("Decisions"), 0, *LIMITS["rate"], unit=tr("per second"), decimals=1, tip=said)
        self.rate.setSpecialValueText(tr("As filmed, up to 10 per second"))
        self.bind("features", self.kind)
        self.bind("rate", self.rate)
        for part in (self.kind, self.told, labelled(tr("Decisions"), self.rate, self.rate.toolTip())):
            self.add(part)
        self.body.setSpacing(6)

    @when_new
    def show_state(self, spec: TrainSpec) -> None:
        used, _way = filled(spec)
        self.show_fields(used)
        for part in (self.kind, self.told):
            part.setVisible(not spec.folder)
        self.told.setText(FEATURES[spec.features][1])
        self.set_summary("" if spec.folder else FEATURES[spec.features][0])


class NetworkSection(Form):
    """Which network, by which loss, how far ahead."""

    def __init__(self) -> None:
        super().__init__(tr("Network"), name="actions.train.network")
        self.model = ChoiceField(tr("Network"), [(id, title) for id, (title, _) in HEADS.items()])
        self.loss = ChoiceField(tr("Loss"), [(id, title) for id, (title, _) in LOSSES.items()])
        self.told = words("hint")
        said = tr("Moments ahead for which the network says what will happen; 0 for none")
        self.steps = NumberField(tr("Steps ahead"), 4, *LIMITS["future_steps"], tip=said)
        self.steps.setSpecialValueText(tr("None"))
        said = tr("How far ahead the last of them lies")
        self.horizon = NumberField(tr("Looks ahead"), 2, *LIMITS["horizon"], unit="s", decimals=2, step=0.25, tip=said)
        for field, control in (
            *(("model", self.model), ("loss", self.loss)),
            *(("future_steps", self.steps), ("horizon", self.horizon)),
        ):
            self.bind(field, control)
        self._horizon = keep_room(labelled(tr("Looks ahead"), self.horizon))
        self.add(columns(labelled(tr("Network"), self.model), labelled(tr("Loss"), self.loss)))
        self.add(self.told)
        self.add(columns(labelled(tr("Steps ahead"), self.steps), self._horizon))
        self.body.setSpacing(6)

    @when_new
    def show_state(self, spec: TrainSpec) -> None:
        used, _way = filled(spec)
        self.show_fields(used)
        tip(self.model, HEADS[used.model][1])
        tip(self.loss, LOSSES[used.loss][1])
        say(self.told, f"{HEADS[used.model][1]}.")
        self._horizon.setVisible(used.future_steps > 0)
        self.set_summary(f"{HEADS[used.model][0]}, {as_part(LOSSES[used.loss][0])}")


class MoreSection(Form):
    """The numbers that seldom matter."""

    def __init__(self) -> None:
        super().__init__(tr("More settings"), folded=True, name="actions.train.more")
        self.pairs = Pairs()
        for field, title, unit, decimals, step, said in (
            ("hidden", tr("State H"), "", 0, 32, tr("Length of the recurrent state")),
            ("width", tr("Width F"), "", 0, 32, tr("Length that a chunk's features are brought to")),
            (
                "window",
                tr("Window"),
                tr("chunks"),
                0,
                8,
                tr("Chunks of a training window; IDN looks back on as many when it runs"),
            ),
            ("iterations", tr("Steps"), "", 0, 50, STEPS_TIP),
            ("batch", tr("Windows a step"), "", 0, 4, tr("Batch size")),
            ("learning_rate", tr("Learning rate"), "", 5, 0.0001, tr("Highest; it falls to 0 by the end")),
            ("decay", tr("Weight decay"), "", 4, 0.01, tr("Pull of the weights towards 0")),
            ("dropout", tr("Dropout"), "", 2, 0.05, tr("Share of the numbers left out at random while training")),
            ("noise", tr("Input noise"), "", 2, 0.05, tr("Standard deviation of noise added to standardised features")),
        ):
            self._put(
                field, title, NumberField(title, 0, *LIMITS[field], unit=unit, decimals=decimals, step=step, tip=said)
            )
        self._put_rest()
        self.add(self.pairs)

    def show_state(self, train: TrainView) -> None:
        self._show(train.spec, train.devices)

    @when_new
    def _show(self, spec: TrainSpec, devices: tuple[str, ...]) -> None:
        self._offer(tuple(dict.fromkeys((*devices, spec.device))))
        used, way = filled(spec)
        self.show_fields(used)
        show(self.held, round(100 * used.held_out))
        show(self.offset, -1 if used.offset is None else used.offset)
        absent = {name for name in TIMELESS if used.model == "frame"}
        there = {"patience": used.held_out, "offset": used.future_steps, "device": self.device.count() > 1}
        absent |= {name for name, is_there in there.items() if not is_there}
        self.pairs.show_without(absent)
        tip(
            self.controls["iterations"],
            STEPS_TIP + (tr("; {rounds} rounds while it is not changed", rounds=way.rounds) * bool(way.rounds)),
        )
        self.set_summary(length_words(spec) + ("" if used.model == "frame" else f", H {used.hidden}"))

    def _offer(self, devices: tuple[str, ...]) -> None:
        choices = [(id, DEVICES.get(id, id)) for id in devices]
        if choices != [(self.device.itemData(row), self.device.itemText(row)) for row in range(self.device.count())]:
            self.device.set_choices(choices)

    def _put(self, field: str, title: str, control: NumberField) -> None:
        self.bind(field, control)
        self.pairs.put(field, labelled(title, control, control.toolTip()))

    def _put_rest(self) -> None:
        """Those that are shown in other units than they are kept in, and those without a limit of the engine."""
        self.held = NumberField(tr("Held out"), 0, 0, 90, unit="%", step=5)
        self.held.setSpecialValueText(tr("None"))
        tip(
            self.held,
            tr("Share of the frames kept for checking, at the end and in whole segments; training stops early by it"),
        )
        self.held.valueChanged.connect(lambda value: self.edited.emit({"held_out": round(value / 100, 4)}))
        self.offset = NumberField(tr("First step ahead"), -1, -1, 1000, unit=tr("chunks"))
        self.offset.setSpecialValueText(tr("Evenly spread"))
        tip(self.offset, tr("Chunks from now to the first step ahead; 0 is the current chunk, as TRN was released"))
        self.offset.valueChanged.connect(
            lambda value: self.edited.emit({"offset": None if value < 0 else round(value)})
        )
        self.pairs.put("held_out", labelled(tr("Held out"), self.held, self.held.toolTip()))
        said = tr("Checks without a better mAP before training stops")
        self._put(
            "patience", tr("Patience"), NumberField(tr("Patience"), 5, *LIMITS["patience"], unit=tr("checks"), tip=said)
        )
        self.pairs.put("offset", labelled(tr("First step ahead"), self.offset, self.offset.toolTip()))
        self._put(
            "seed",
            tr("Seed"),
            NumberField(tr("Seed"), 0, 0, 2**31 - 1, tip=tr("Of the weights, the windows and the noise")),
        )
        self.device = ChoiceField(tr("Device"), tip=tr("What the training runs on"))
        self.bind("device", self.device)
        self.pairs.put("device", labelled(tr("Device"), self.device, self.device.toolTip()))
        said = tr("Processor threads of the training")
        self._put("threads", tr("Threads"), NumberField(tr("Threads"), 1, *LIMITS["threads"], tip=said))


class Pairs(QWidget):
    """Controls in two columns; those that do not apply leave no gap."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[str, QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)
            self._grid.setColumnMinimumWidth(column, 1)

    def put(self, name: str, widget: QWidget) -> None:
        self._parts[name] = widget
        widget.setParent(self)

    @when_new
    def show_without(self, absent: set[str]) -> None:
        """All but these, in order."""
        for place, name in enumerate(name for name in self._parts if name not in absent):
            self._grid.addWidget(self._parts[name], place // 2, place % 2)
        for name, widget in self._parts.items():
            widget.setVisible(name not in absent)
