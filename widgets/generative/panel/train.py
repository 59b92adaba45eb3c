"""Sections of a training: data, network, noise levels that it learns from, and for how long."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engines.generative.diffusion.types import Prediction
from engines.generative.training.types import TrainSpec
from widgets.generative.panel.bell import KNOWN, NoiseBell
from widgets.generative.panel.words import PREDICTIONS, count, data_title
from widgets.generative.state import DiffusionView
from widgets.kit.form import DEVICES, Form, SigmaField, beside, keep_room, show, tip, words
from widgets.kit.panel import ChoiceField, NumberField, PlainButton, TextField, Toggle, columns, labelled

PROCESSES = (
    ("edm", "EDM", "Noise is added to the data; sigma from 0.002 to 80"),
    ("ve", "VE (score)", "Noise is added to the data, up to large sigma; SMLD"),
    ("flow", "Flow", "A straight line from data to noise; begins at infinite sigma"),
    ("vp", "VP, linear beta", "DDPM's table"),
    ("vp-scaled", "VP, scaled linear", "Stable Diffusion's table"),
    ("vp-cosine", "VP, cosine", "The cosine table"),
)
WEIGHTINGS = (
    ("prediction", "As predicted", "Every noise level counts alike in what the network gives"),
    ("eps", "Noise", "As if the noise were predicted"),
    ("x0", "Data", "As if the data were predicted: high noise counts more"),
    ("edm", "EDM", "EDM's effective weight"),
    ("min-snr", "Min-SNR", "The noise's weight, held down where there is little noise"),
)
FOLDER = "folder"
FLOWS = "flow"


class DataSection(Form):
    """The data that are learned."""

    folderWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Data", name="diffusion.data")
        self._data, self._own = "mnist", False
        self.data = ChoiceField(
            "Data", [("mnist", "MNIST digits, 28 \u00d7 28"), ("digits", "Digits, 8 \u00d7 8"), (FOLDER, "A folder")]
        )
        self.folder = PlainButton("Choose folder", "folder", "A folder of images; a subfolder is a class")
        self.path = words()
        self.side = NumberField("Picture size", 32, 8, 128, unit="px", step=8, tip="Side that images are brought to")
        self.use_classes = Toggle("Learn the classes", tip="So that a class can be asked for, and guided towards")
        self.drop = NumberField(
            "Class dropout", 10, 0, 100, unit="%", step=5, tip="Share trained without a class; guidance needs some"
        )
        self.augment = NumberField(
            "Random shift", 0, 0, 8, unit="px", tip="Pictures are moved by up to so much either way, 0: not at all"
        )
        self._folder = beside(self.path, self.folder)
        self._side = columns(labelled("Picture size", self.side), QWidget())
        self._drop = labelled("Class dropout", self.drop)
        for field, control in (("augment", self.augment), ("use_classes", self.use_classes), ("size", self.side)):
            self.bind(field, control)
        self.lay_out(
            labelled("Data", self.data),
            self._folder,
            self._side,
            self.use_classes,
            columns(labelled("Random shift", self.augment), keep_room(self._drop)),
        )
        tip(self.data, "The pictures that the network learns")
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
        self.path.setText(data_title(spec.data) if spec.data else "No folder yet")
        tip(self.path, spec.data)
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
        super().__init__("Network", name="diffusion.network")
        self.architecture = ChoiceField(
            "Architecture",
            [("unet", "U-Net"), ("dit", "DiT")],
            tip="U-Net: convolutions with attention; DiT: a transformer on patches",
        )
        self.channels = NumberField(
            "Width", 32, 8, 512, step=8, tip="Channels of the U-Net's first level, or of a token of the DiT"
        )
        self.prediction = ChoiceField("Predicts", [(id, PREDICTIONS[id][0]) for id in get_args(Prediction)])
        self.process = ChoiceField("Process", [(id, title) for id, title, _ in PROCESSES])
        self.layers = NumberField("Depth", 0, 0, 32, tip="Blocks a level of the U-Net, or layers of the DiT")
        self.patch = NumberField("Patch", 0, 0, 16, unit="px", tip="Side of the DiT's patches; 0 by the picture's size")
        for control in (self.layers, self.patch):
            control.setSpecialValueText("usual")
        for field, control in {"width": self.channels, "depth": self.layers}.items():
            self.bind(field, control)
        for field in ("architecture", "prediction", "process", "patch"):
            self.bind(field, getattr(self, field))
        self._patch = keep_room(labelled("Patch", self.patch))
        self.lay_out(
            columns(labelled("Architecture", self.architecture), labelled("Width", self.channels)),
            columns(labelled("Depth", self.layers), self._patch),
            columns(labelled("Predicts", self.prediction), labelled("Process", self.process)),
        )

    def show_state(self, view: DiffusionView) -> None:
        spec = view.train
        self.show_fields(spec)
        self._patch.setVisible(spec.architecture == "dit")
        tip(self.prediction, PREDICTIONS[spec.prediction][1])
        tip(self.process, next((text for id, _, text in PROCESSES if id == spec.process), "How noise is added"))
        kind = "DiT" if spec.architecture == "dit" else "U-Net"
        self.set_summary(f"{kind}, width {spec.width}, {PREDICTIONS[spec.prediction][0]}")


class LevelsSection(Form):
    """The noise levels that are learned from, and the weight of each."""

    def __init__(self) -> None:
        super().__init__("Noise in training", name="diffusion.levels")
        self.bell = NoiseBell()
        self.mean = NumberField("Mean", -1.2, -10, 10, decimals=2, step=0.1, tip="Of ln sigma: EDM \u22121.2, SD3 0")
        self.std = NumberField("Standard deviation", 1.2, 0.05, 10, decimals=2, step=0.1, tip="Of ln sigma")
        self.weighting = ChoiceField("Loss weight", [(id, title) for id, title, _ in WEIGHTINGS])
        for field in ("mean", "std", "weighting"):
            self.bind(field, getattr(self, field))
        self.lay_out(
            self.bell,
            columns(labelled("Mean of ln \u03c3", self.mean), labelled("Standard deviation", self.std)),
            labelled("Loss weight", self.weighting),
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
        super().__init__("Training", name="diffusion.effort")
        self.steps = NumberField("Steps", 5000, 1, 10_000_000, step=500, tip="Updates of the weights")
        self.batch = NumberField("Batch", 128, 1, 8192, step=16, tip="Samples a step")
        self.rate = SigmaField("Learning rate", optional=False, tip="Of Adam, at its highest")
        self.rate.setRange(1e-6, 1)
        self.ema = NumberField(
            "Averaging", 500, 0, 1e6, unit="steps", step=100, tip="Halving time of the averaged weights, 0: none"
        )
        self.seed = NumberField("Seed", 0, 0, 2**32 - 1, tip="Of weights, order and noise")
        self.minutes = NumberField("Stop after", 0, 0, 100_000, unit="min", step=5, tip="0: when the steps are done")
        self.device = ChoiceField("Device", [("cpu", "CPU")], tip="Where it is trained")
        self.threads = NumberField("CPU threads", 1, 1, 256, tip="More is faster as long as there are cores free")
        self.minutes.setSpecialValueText("never")
        for field in ("steps", "batch", "rate", "ema", "seed", "minutes", "device", "threads"):
            self.bind(field, getattr(self, field), float if field in ("ema", "minutes") else None)
        self.lay_out(
            columns(labelled("Steps", self.steps), labelled("Batch", self.batch)),
            columns(labelled("Learning rate", self.rate), labelled("Averaging", self.ema)),
            columns(labelled("Seed", self.seed), labelled("Stop after", self.minutes)),
            columns(labelled("Device", self.device), labelled("CPU threads", self.threads)),
        )

    def show_state(self, view: DiffusionView) -> None:
        spec = view.train
        self.device.set_choices([(id, DEVICES.get(id, id)) for id in view.devices])
        self.show_fields(spec)
        self.set_summary(f"{count(spec.steps, 'step')}, batch {spec.batch}")


class KeepSection(Form):
    """The name and place of the weights; straightening a flow that is there already."""

    def __init__(self) -> None:
        super().__init__("Name and reflow", True, name="diffusion.keep")
        self.title = TextField("Name", placeholder="Named after data and network", tip="Of the file of weights")
        self.out = TextField("Folder", placeholder="Beside your other models", tip="Where weights are kept")
        self.reflow = ChoiceField(
            "Reflow of", tip="Learn a flow's own pairs of noise and sample, so that its paths become straight"
        )
        self.pairs = NumberField("Pairs", 20000, 100, 10_000_000, step=1000, tip="Pairs of noise and sample to learn")
        self._pairs = labelled("Pairs", self.pairs)
        bound = {"name": self.title, "out": self.out, "reflow_pairs": self.pairs, "reflow_of": self.reflow}
        for field, control in bound.items():
            self.bind(field, control)
        self.lay_out(
            columns(labelled("Name", self.title), labelled("Folder", self.out)),
            labelled("Straighten a flow (reflow)", self.reflow),
            self._pairs,
        )

    def show_state(self, view: DiffusionView) -> None:
        spec = view.train
        ours = [one for one in view.models if one.kind in ("network", "file")]
        flows = [(one.name, one.title) for one in ours if one.process == FLOWS]
        if spec.reflow_of and all(id != spec.reflow_of for id, _ in flows):
            flows.append((spec.reflow_of, spec.reflow_of))
        self.reflow.set_choices([("", "No, learn the data"), *flows])
        self.show_fields(spec)
        self._pairs.setVisible(bool(spec.reflow_of))
        self.set_summary(spec.name or "named by itself")
