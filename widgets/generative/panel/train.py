"""Sections of a training: data, network, noise levels that it learns from, and for how long."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.core.words import tr, tr_count
from engines.generative.diffusion.types import Prediction
from engines.generative.training.types import TrainSpec
from widgets.generative.panel.bell import KNOWN, NoiseBell
from widgets.generative.panel.words import PREDICTIONS, data_title
from widgets.generative.state import DiffusionView
from widgets.kit.form import DEVICES, Form, SigmaField, beside, keep_room, show, tip, words
from widgets.kit.panel import ChoiceField, NumberField, PlainButton, TextField, Toggle, columns, labelled

PROCESSES = (
    ("edm", "EDM", tr("Noise is added to the data; sigma from 0.002 to 80")),
    ("ve", tr("VE (score)"), tr("Noise is added to the data, up to large sigma; SMLD")),
    ("flow", tr("Flow"), tr("A straight line from data to noise; begins at infinite sigma")),
    ("vp", tr("VP, linear beta"), tr("DDPM's table")),
    ("vp-scaled", tr("VP, scaled linear"), tr("Stable Diffusion's table")),
    ("vp-cosine", tr("VP, cosine"), tr("The cosine table")),
)
WEIGHTINGS = (
    ("prediction", tr("As predicted"), tr("Every noise level counts alike in what the network gives")),
    ("eps", tr("Noise"), tr("As if the noise were predicted")),
    ("x0", tr("Data"), tr("As if the data were predicted: high noise counts more")),
    ("edm", "EDM", tr("EDM's effective weight")),
    ("min-snr", tr("Min-SNR"), tr("The noise's weight, held down where there is little noise")),
)
FOLDER = "folder"
FLOWS = "flow"


class DataSection(Form):
    """The data that are learned."""

    folderWanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Data"), name="diffusion.data")
        self._data, self._own = "mnist", False
        self.data = ChoiceField(
            tr("Data"),
            [
                ("mnist", tr("MNIST digits, 28 \u00d7 28")),
                ("digits", tr("Digits, 8 \u00d7 8")),
                (FOLDER, tr("A folder")),
            ],
        )
        self.folder = PlainButton(tr("Choose folder"), "folder", tr("A folder of pictures; a subfolder is a class"))
        self.path = words()
        self.side = NumberField(
            tr("Picture size"), 32, 8, 128, unit="px", step=8, tip=tr("Side that pictures are brought to")
        )
        self.use_classes = Toggle(
            tr("Learn the classes"), tip=tr("So that a class can be asked for, and guided towards")
        )
        self.drop = NumberField(
            tr("Class dropout"),
            10,
            0,
            100,
            unit="%",
            step=5,
            tip=tr("Share trained without a class; guidance needs some"),
        )
        self.augment = NumberField(
            tr("Random shift"),
            0,
            0,
            8,
            unit="px",
            tip=tr("Pictures are moved by up to so much either way, 0: not at all"),
        )
        self._folder = beside(self.path, self.folder)
        self._side = columns(labelled(tr("Picture size"), self.side), QWidget())
        self._drop = labelled(tr("Class dropout"), self.drop)
        for field, control in (("augment", self.augment), ("use_classes", self.use_classes), ("size", self.side)):
            self.bind(field, control)
        self.lay_out(
            labelled(tr("Data"), self.data),
            self._folder,
            self._side,
            self.use_classes,
            columns(labelled(tr("Random shift"), self.augment), keep_room(self._drop)),
        )
        tip(self.data, tr("The pictures that the network learns"))
        self.data.chosen.connect(self._choose)
        self.folder.clicked.connect(self.folderWanted)
        self.drop.valueChanged.connect(lambda value: self.edited.emit({"drop_class": value / 100}))

    def show_state(self, view: DiffusionView) -> None:
        spec = view.train
        own = self._own = spec.data not in ("mnist", "digits")
        self._data = spec.data
        self.show_fields(spec)
        self.data.set_value(FOLDER if own else spec.data)
        self._folder.setVisible(own)
        self._side.setVisible(own)
        self.path.setText(data_title(spec.data) if spec.data else tr("No folder yet"))
        tip(self.path, spec.data if own else data_title(spec.data))
        self._drop.setVisible(spec.use_classes)
        if round(spec.drop_class * 100) != self.drop.whole():
            show(self.drop, spec.drop_class * 100)
        self.set_summary(data_title(spec.data))

    def _choose(self, id: str) -> None:
        if id != FOLDER:
            self.edited.emit({"data": id})
            return
        self.data.set_value(FOLDER if self._own else self._data)
        self.folderWanted.emit()


class NetworkSection(Form):
    """The network and its prediction."""

    def __init__(self) -> None:
        super().__init__(tr("Network"), name="diffusion.network")
        self.architecture = ChoiceField(
            tr("Architecture"),
            [("unet", "U-Net"), ("dit", "DiT")],
            tip=tr("U-Net: convolutions with attention; DiT: a transformer on patches"),
        )
        self.channels = NumberField(
            tr("Width"), 32, 8, 512, step=8, tip=tr("Channels of the U-Net's first level, or of a token of the DiT")
        )
        self.prediction = ChoiceField(tr("Predicts"), [(id, PREDICTIONS[id][0]) for id in get_args(Prediction)])
        self.process = ChoiceField(tr("Process"), [(id, title) for id, title, _ in PROCESSES])
        self.layers = NumberField(tr("Depth"), 0, 0, 32, tip=tr("Blocks a level of the U-Net, or layers of the DiT"))
        self.patch = NumberField(
            tr("Patch"), 0, 0, 16, unit="px", tip=tr("Side of the DiT's patches; 0 by the picture's size")
        )
        for control in (self.layers, self.patch):
            control.setSpecialValueText(tr("usual"))
        for field, control in {"width": self.channels, "depth": self.layers}.items():
            self.bind(field, control)
        for field in ("architecture", "prediction", "process", "patch"):
            self.bind(field, getattr(self, field))
        self._patch = keep_room(labelled(tr("Patch"), self.patch))
        self.lay_out(
            columns(labelled(tr("Architecture"), self.architecture), labelled(tr("Width"), self.channels)),
            columns(labelled(tr("Depth"), self.layers), self._patch),
            columns(labelled(tr("Predicts"), self.prediction), labelled(tr("Process"), self.process)),
        )

    def show_state(self, view: DiffusionView) -> None:
        spec = view.train
        self.show_fields(spec)
        self._patch.setVisible(spec.architecture == "dit")
        tip(self.prediction, PREDICTIONS[spec.prediction][1])
        tip(self.process, next((text for id, _, text in PROCESSES if id == spec.process), tr("How noise is added")))
        kind = "DiT" if spec.architecture == "dit" else "U-Net"
        self.set_summary(
            tr(
                "{kind}, width {width}, {predictions}",
                kind=kind,
                width=spec.width,
                predictions=PREDICTIONS[spec.prediction][0],
            )
        )


class LevelsSection(Form):
    """The noise levels that are learned from, and the weight of each."""

    def __init__(self) -> None:
        super().__init__(tr("Noise in training"), name="diffusion.levels")
        self.bell = NoiseBell()
        self.mean = NumberField(
            tr("Mean"), -1.2, -10, 10, decimals=2, step=0.1, tip=tr("Of ln sigma: EDM \u22121.2, SD3 0")
        )
        self.std = NumberField(tr("Standard deviation"), 1.2, 0.05, 10, decimals=2, step=0.1, tip=tr("Of ln sigma"))
        self.weighting = ChoiceField(tr("Loss weight"), [(id, title) for id, title, _ in WEIGHTINGS])
        for field in ("mean", "std", "weighting"):
            self.bind(field, getattr(self, field))
        self.lay_out(
            self.bell,
            columns(labelled(tr("Mean of ln \u03c3"), self.mean), labelled(tr("Standard deviation"), self.std)),
            labelled(tr("Loss weight"), self.weighting),
        )
        self.bell.changed.connect(lambda mean, std: self.edited.emit({"mean": mean, "std": std}))

    def show_state(self, view: DiffusionView) -> None:
        spec = view.train
        self.show_fields(spec)
        self.bell.show_normal(spec.mean, spec.std)
        tip(self.weighting, next(text for id, _, text in WEIGHTINGS if id == spec.weighting))
        self.set_summary(normal_words(spec))


def normal_words(spec: TrainSpec) -> str:
    """'EDM', or 'mean -0.40, std 1.00'."""
    known = next((name for name, mean, std in KNOWN if (mean, std) == (spec.mean, spec.std)), "")
    return known or f"mean {spec.mean:.2f}, std {spec.std:.2f}".replace("-", "\u2212")


class EffortSection(Form):
    """Length, rate and device of the training."""

    def __init__(self) -> None:
        super().__init__(tr("Training"), name="diffusion.effort")
        self.steps = NumberField(tr("Steps"), 5000, 1, 10_000_000, step=500, tip=tr("Updates of the weights"))
        self.batch = NumberField(tr("Batch"), 128, 1, 8192, step=16, tip=tr("Samples a step"))
        self.rate = SigmaField(tr("Learning rate"), optional=False, tip=tr("Of Adam, at its highest"))
        self.rate.setRange(1e-6, 1)
        self.ema = NumberField(
            tr("Averaging"),
            500,
            0,
            1e6,
            unit=tr("steps"),
            step=100,
            tip=tr("Halving time of the averaged weights, 0: none"),
        )
        self.seed = NumberField(tr("Seed"), 0, 0, 2**32 - 1, tip=tr("Of weights, order and noise"))
        self.minutes = NumberField(
            tr("Stop after"), 0, 0, 100_000, unit="min", step=5, tip=tr("0: when the steps are done")
        )
        self.device = ChoiceField(tr("Device"), [("cpu", "CPU")], tip=tr("Where it is trained"))
        self.threads = NumberField(
            tr("CPU threads"), 1, 1, 256, tip=tr("More is faster as long as there are cores free")
        )
        self.minutes.setSpecialValueText(tr("never"))
        for field in ("steps", "batch", "rate", "ema", "seed", "minutes", "device", "threads"):
            self.bind(field, getattr(self, field), float if field in ("ema", "minutes") else None)
        self.lay_out(
            columns(labelled(tr("Steps"), self.steps), labelled(tr("Batch"), self.batch)),
            columns(labelled(tr("Learning rate"), self.rate), labelled(tr("Averaging"), self.ema)),
            columns(labelled(tr("Seed"), self.seed), labelled(tr("Stop after"), self.minutes)),
            columns(labelled(tr("Device"), self.device), labelled(tr("CPU threads"), self.threads)),
        )

    def show_state(self, view: DiffusionView) -> None:
        spec = view.train
        self.device.set_choices([(id, DEVICES.get(id, id)) for id in view.devices])
        self.show_fields(spec)
        self.set_summary(
            tr_count(spec.steps, "{n} step, batch {batch}", "{n:,} steps, batch {batch}", batch=spec.batch)
        )


class KeepSection(Form):
    """The name and place of the weights; straightening a flow that is there already."""

    def __init__(self) -> None:
        super().__init__(tr("Name and reflow"), True, name="diffusion.keep")
        self.title = TextField(
            tr("Name"), placeholder=tr("Named after data and network"), tip=tr("Of the file of weights")
        )
        self.out = TextField(tr("Folder"), placeholder=tr("Beside your other models"), tip=tr("Where weights are kept"))
        self.reflow = ChoiceField(
            tr("Reflow of"), tip=tr("Learn a flow's own pairs of noise and sample, so that its paths become straight")
        )
        self.reflow.given = True
        self.pairs = NumberField(
            tr("Pairs"), 20000, 100, 10_000_000, step=1000, tip=tr("Pairs of noise and sample to learn")
        )
        self._pairs = labelled(tr("Pairs"), self.pairs)
        bound = {"name": self.title, "out": self.out, "reflow_pairs": self.pairs, "reflow_of": self.reflow}
        for field, control in bound.items():
            self.bind(field, control)
        self.lay_out(
            columns(labelled(tr("Name"), self.title), labelled(tr("Folder"), self.out)),
            labelled(tr("Straighten a flow (reflow)"), self.reflow),
            self._pairs,
        )

    def show_state(self, view: DiffusionView) -> None:
        spec = view.train
        ours = [one for one in view.models if one.kind in ("network", "file")]
        flows = [(one.name, one.title) for one in ours if one.process == FLOWS]
        if spec.reflow_of and all(id != spec.reflow_of for id, _ in flows):
            flows.append((spec.reflow_of, spec.reflow_of))
        self.reflow.set_choices([("", tr("No, learn the data")), *flows])
        self.show_fields(spec)
        self._pairs.setVisible(bool(spec.reflow_of))
        self.set_summary(spec.name or tr("named by itself"))
