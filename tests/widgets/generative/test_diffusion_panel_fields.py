"""Each control of the diffusion panel stands for its own part of a specification, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QValidator

from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.study_types import PrecisionResult
from engines.generative.diffusion.types import Guidance, SampleSpec, Schedule, Start
from engines.generative.training.types import TrainSpec
from tests.widgets.generative.diffusion_views import FLOW, READY, SPEC, STATES, TEXT, UNET, of
from widgets.generative.panel.dock import DiffusionPanel
from widgets.generative.panel.samples import class_choice, spread
from widgets.generative.state import DiffusionView, Mode, PrecisionView
from widgets.kit.fields import ChoiceField
from widgets.kit.form import SigmaField
from widgets.kit.panel import FOLDS
from widgets.kit.theme import DARK, LOOK


@pytest.fixture(scope="module")
def panel(qapp) -> Iterator[DiffusionPanel]:
    """One for all: it shows what it is given and keeps nothing."""
    LOOK.apply(qapp, DARK)
    FOLDS.state.clear()
    made = DiffusionPanel()
    yield made
    made.deleteLater()
    qapp.sendPostedEvents(made, QEvent.Type.DeferredDelete)


def pick(field: ChoiceField, id: str) -> None:
    """As a user does."""
    field.setCurrentIndex(field.findData(id))
    assert field.value() == id
    field.activated.emit(field.currentIndex())


def schedule(**fields: Any) -> dict[str, Any]:
    return {"schedule": replace(SPEC.schedule, **fields)}


def guidance(**fields: Any) -> dict[str, Any]:
    return {"guidance": replace(SPEC.guidance, **fields)}


SAMPLING: dict[str, tuple[Callable[[DiffusionPanel], object], dict[str, Any]]] = {
    "steps": (lambda p: p.sampler.steps.setValue(31), {"steps": 31}),
    "sampler": (lambda p: pick(p.sampler.sampler, "heun"), {"sampler": "heun"}),
    "option": (lambda p: p.sampler.option("heun").click(), {"options": {"heun": 1.0}}),
    "schedule": (lambda p: pick(p.schedule.name, "cosine"), schedule(name="cosine")),
    "highest": (lambda p: p.schedule.high.setValue(14.6), schedule(sigma_max=14.6)),
    "lowest": (lambda p: p.schedule.low.setValue(0.03), schedule(sigma_min=0.03)),
    "rho": (lambda p: p.schedule.rho.setValue(5), schedule(rho=5.0)),
    "shift": (lambda p: p.schedule.shift.setValue(3), schedule(shift=3.0)),
    "weight": (lambda p: p.guidance.weight.setValue(4), guidance(weight=4.0)),
    "kind": (lambda p: pick(p.guidance.kind, "auto"), guidance(kind="auto")),
    "weak": (lambda p: pick(p.guidance.weak, FLOW.name), guidance(weak=FLOW.name)),
    "interval": (lambda p: p.guidance.limited.click(), guidance(interval=(0.3, 5.0))),
    "seed": (lambda p: p.samples.first.setValue(40), {"seeds": tuple(range(40, 52))}),
    "number": (
        lambda p: p.samples.number.setValue(3),
        {"seeds": (0, 1, 2), "classes": (0, 1, 2)},
    ),
    "class": (lambda p: pick(p.samples.classes, "7"), {"classes": (7,)}),
    "no class": (lambda p: pick(p.samples.classes, "none"), {"classes": ()}),
    "start": (lambda p: pick(p.begin.kind, "between"), {"start": Start("between")}),
    "device": (lambda p: pick(p.run.device, "cuda"), {"device": "cuda"}),
    "precision": (lambda p: pick(p.run.precision, "float64"), {"precision": "float64"}),
    "batch": (lambda p: p.run.batch.setValue(0), {"batch": 0}),
    "preview": (lambda p: p.run.preview.setValue(5), {"preview_every": 5}),
    "kernel": (lambda p: pick(p.run.kernel, "sdpa"), {"kernel": "sdpa"}),
    "exact": (lambda p: p.run.exact.click(), {"exact": True}),
    "keep": (lambda p: p.run.keep.click(), {"keep_steps": False}),
    "teleport": (lambda p: p.run.teleport.click(), {"teleport": True}),
    "target": (lambda p: p.run.target.setValue(20), {"teleport_to": 20.0}),
    "prompt": (lambda p: p.prompt.prompt.setPlainText("A house"), {"prompt": "A house"}),
    "negative": (lambda p: p.prompt.negative.setPlainText("Fog"), {"negative": "Fog"}),
    "size": (lambda p: p.prompt.columns.setValue(768), {"size": (768, 768)}),
}


@pytest.mark.parametrize("name", list(SAMPLING))
def test_a_control_changes_its_part_alone(panel: DiffusionPanel, name: str) -> None:
    act, expected = SAMPLING[name]
    told: list[SampleSpec] = []
    panel.specChanged.connect(told.append)
    panel.show_state(READY)
    act(panel)
    assert told == [replace(SPEC, **expected)]
    assert panel.shown.spec == told[0]


TRAINING: dict[str, tuple[Callable[[DiffusionPanel], object], dict[str, Any]]] = {
    "data": (lambda p: pick(p.data.data, "digits"), {"data": "digits"}),
    "classes": (lambda p: p.data.use_classes.click(), {"use_classes": False}),
    "dropout": (lambda p: p.data.drop.setValue(25), {"drop_class": 0.25}),
    "size": (lambda p: p.data.side.setValue(64), {"size": 64}),
    "shift": (lambda p: p.data.augment.setValue(2), {"augment": 2}),
    "depth": (lambda p: p.network.layers.setValue(3), {"depth": 3}),
    "patch": (lambda p: p.network.patch.setValue(4), {"patch": 4}),
    "architecture": (lambda p: pick(p.network.architecture, "dit"), {"architecture": "dit"}),
    "width": (lambda p: p.network.channels.setValue(64), {"width": 64}),
    "prediction": (lambda p: pick(p.network.prediction, "v"), {"prediction": "v"}),
    "process": (lambda p: pick(p.network.process, "flow"), {"process": "flow"}),
    "weighting": (lambda p: pick(p.levels.weighting, "min-snr"), {"weighting": "min-snr"}),
    "mean": (lambda p: p.levels.mean.setValue(-0.4), {"mean": -0.4}),
    "std": (lambda p: p.levels.std.setValue(0.9), {"std": 0.9}),
    "bell": (lambda p: p.levels.bell.changed.emit(0.0, 1.0), {"mean": 0.0, "std": 1.0}),
    "steps": (lambda p: p.effort.steps.setValue(900), {"steps": 900}),
    "batch": (lambda p: p.effort.batch.setValue(64), {"batch": 64}),
    "rate": (lambda p: p.effort.rate.setValue(3e-4), {"rate": 3e-4}),
    "ema": (lambda p: p.effort.ema.setValue(50), {"ema": 50.0}),
    "seed": (lambda p: p.effort.seed.setValue(3), {"seed": 3}),
    "minutes": (lambda p: p.effort.minutes.setValue(10), {"minutes": 10.0}),
    "device": (lambda p: pick(p.effort.device, "cuda"), {"device": "cuda"}),
    "threads": (lambda p: p.effort.threads.setValue(2), {"threads": 2}),
    "reflow": (lambda p: pick(p.keep.reflow, FLOW.name), {"reflow_of": FLOW.name}),
    "pairs": (lambda p: p.keep.pairs.setValue(500), {"reflow_pairs": 500}),
}


@pytest.mark.parametrize("name", list(TRAINING))
def test_a_control_of_training_changes_its_part_alone(panel: DiffusionPanel, name: str) -> None:
    act, expected = TRAINING[name]
    told: list[TrainSpec] = []
    panel.trainChanged.connect(told.append)
    panel.show_state(STATES["train"])
    act(panel)
    assert told == [replace(READY.train, **expected)]
    assert all(type(getattr(told[0], field)) is type(value) for field, value in expected.items())


def test_names_are_typed(panel: DiffusionPanel, qtbot) -> None:
    panel.show_state(STATES["train"])
    told: list[TrainSpec] = []
    panel.trainChanged.connect(told.append)
    qtbot.keyClicks(panel.keep.title, "mine")
    assert told[-1] == replace(READY.train, name="mine")


def test_a_folder_is_asked_for_and_the_data_stay_until_there_is_one(panel: DiffusionPanel, qtbot) -> None:
    panel.show_state(STATES["train"])
    told: list[TrainSpec] = []
    panel.trainChanged.connect(told.append)
    with qtbot.waitSignal(panel.data.folderWanted):
        pick(panel.data.data, "folder")
    assert told == []
    assert panel.data.data.value() == "mnist"
    panel.show_state(replace(STATES["train"], train=replace(READY.train, data="/pictures/houses")))
    assert panel.data.data.value() == "folder"
    assert panel.data.path.text() == "houses"


levels = st.floats(1e-3, 500).map(lambda value: float(f"{value:.5g}"))
schedules = st.builds(
    Schedule,
    name=st.sampled_from([entry.id for entry in catalog.SCHEDULES if entry.id != "custom"]),
    sigma_min=st.none() | levels,
    sigma_max=st.none() | levels | st.just(0.0),
    rho=st.integers(1, 30).map(float),
    shift=st.integers(1, 400).map(lambda value: value / 100),
)
specs = st.builds(
    SampleSpec,
    model=st.just(UNET.name),
    sampler=st.sampled_from([entry.id for entry in catalog.SAMPLERS]),
    steps=st.integers(1, 1000),
    schedule=schedules,
    guidance=st.builds(Guidance, st.integers(0, 40).map(lambda value: value / 4), st.sampled_from(["cfg", "auto"])),
    batch=st.integers(0, 64),
    device=st.sampled_from(["cpu", "cuda"]),
    precision=st.sampled_from(["float32", "float64", "float16", "bfloat16"]),
    exact=st.booleans(),
    teleport=st.booleans(),
    teleport_to=st.none() | levels,
    preview_every=st.integers(0, 50),
    keep_steps=st.booleans(),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(spec=specs)
def test_the_form_reads_as_it_was_shown(panel: DiffusionPanel, spec: SampleSpec) -> None:
    panel.show_state(replace(READY, spec=spec))
    for form, value in (
        (panel.sampler, spec),
        (panel.run, spec),
        (panel.schedule, spec.schedule),
        (panel.guidance, spec.guidance),
    ):
        assert form.fields() == {field: getattr(value, field) for field in form.controls}
    assert panel.sampler.sampler.value() == spec.sampler
    assert panel.schedule.name.value() == spec.schedule.name


@given(
    seeds=st.lists(st.integers(0, 9), min_size=1, max_size=24).map(tuple),
    classes=st.lists(st.integers(0, 9), max_size=24).map(tuple),
    number=st.integers(1, 30),
)
def test_classes_follow_the_number_of_samples(seeds: tuple[int, ...], classes: tuple[int, ...], number: int) -> None:
    spec = SampleSpec("m", seeds=seeds, classes=classes)
    after = spread(spec, 10, number)
    assert len(after) == (number if len(classes) > 1 else len(classes))
    assert after[: len(classes)] == classes[:number] or class_choice(spec, 10) == "turn"
    if class_choice(spec, 10) == "turn" and number > 1:
        assert class_choice(replace(spec, seeds=tuple(range(number)), classes=after), 10) == "turn"


def test_own_lists_of_seeds_and_classes_are_shown(panel: DiffusionPanel) -> None:
    panel.show_state(of(UNET, seeds=(3, 8, 21), classes=(1, 1, 4)))
    assert panel.samples.note.text() == "Seeds 3, 8, 21"
    assert panel.samples.classes.currentText() == "As listed: 1, 1, 4"


def test_a_random_seed_is_within_range(panel: DiffusionPanel, qtbot) -> None:
    panel.show_state(READY)
    with qtbot.waitSignal(panel.specChanged) as told:
        panel.samples.dice.click()
    assert len(told.args[0].seeds) == len(SPEC.seeds)
    assert told.args[0].seeds != SPEC.seeds


@pytest.mark.parametrize(
    ("typed", "sigma"), [("14,6", 14.6), ("0.002", 0.002), ("inf", 0.0), ("\u221e", 0.0), ("", None), ("model", None)]
)
def test_a_noise_level_is_typed(qtbot, typed: str, sigma: float | None) -> None:
    field = SigmaField("Highest", infinite=True)
    qtbot.addWidget(field)
    field.set_own(80.0)
    field.set_sigma(3.0)
    field.lineEdit().selectAll()
    field.lineEdit().insert(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.sigma() == sigma
    assert field.text() == {None: "80 (model)", 0.0: "\u221e"}.get(sigma, f"{sigma:g}" if sigma else "")
    assert field.validate("-3", 0)[0] == QValidator.State.Invalid
    assert field.validate("1e", 0)[0] == QValidator.State.Intermediate


def test_another_sampler_keeps_the_numbers_it_knows(panel: DiffusionPanel, qtbot) -> None:
    panel.show_state(of(UNET, sampler="ancestral", options={"eta": 0.5}))
    with qtbot.waitSignal(panel.specChanged) as told:
        pick(panel.sampler.sampler, "dpm++sde")
    assert told.args[0].options == {"eta": 0.5}
    with qtbot.waitSignal(panel.specChanged) as told:
        pick(panel.sampler.sampler, "heun")
    assert told.args[0].options == {}


@pytest.mark.parametrize("sampler", [entry.id for entry in catalog.SAMPLERS])
def test_a_sampler_shows_its_own_numbers(panel: DiffusionPanel, sampler: str) -> None:
    entry = catalog.sampler(sampler)
    assert entry is not None
    panel.show_state(of(UNET, sampler=sampler))
    for option in entry.options:
        control = panel.sampler.option(option.name)
        assert control.accessibleName() == option.title
        shown = control.isChecked() if hasattr(control, "isChecked") else control.value()
        assert shown == pytest.approx(option.default)


def test_what_a_model_cannot_do_is_not_offered(panel: DiffusionPanel) -> None:
    def hidden(view: DiffusionView) -> set[str]:
        panel.show_state(view)
        parts = {
            "prompt": panel.prompt,
            "guidance": panel.guidance,
            "class": panel.samples.classes,
            "teleport": panel.run.teleport,
        }
        return {name for name, part in parts.items() if not part.isVisibleTo(panel)}

    panel.run.set_folded(False)
    assert hidden(of(UNET)) == {"prompt"}
    assert hidden(of(TEXT)) == {"class", "teleport"}
    assert hidden(of(FLOW)) == {"prompt", "guidance", "class", "teleport"}
    assert panel.shown.mode is Mode.SAMPLE


@pytest.mark.parametrize(
    ("faster", "device", "offered"), [(1.6, "cpu", True), (0.8, "cpu", False), (1.6, "cuda", False)]
)
def test_bfloat16_is_offered_where_it_was_measured_to_be_faster(
    panel, faster: float, device: str, offered: bool
) -> None:
    found = PrecisionResult(UNET.name, 4, {"float32": 3.0, "bfloat16": 2.0}, faster, 0.004, 0.03, 4)
    view = replace(READY, spec=replace(SPEC, device=device), precision=PrecisionView(found))
    panel.show_state(view)
    assert panel.run.take.isHidden() is not offered
    assert panel.run.offer.isHidden() is (device != "cpu")
    changed: list[SampleSpec] = []
    panel.specChanged.connect(changed.append)
    panel.run.take.click()
    panel.specChanged.disconnect(changed.append)
    assert changed == [replace(view.spec, precision="bfloat16")]
