"""Words of the diffusion panel: its head, its estimates, why its button rests."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from engines.core.errors import KinoscopeError
from engines.core.words import tr, tr_count
from engines.generative.diffusion.axis import levels, own_levels
from engines.generative.diffusion.models import catalog
from engines.generative.diffusion.models.diffusers_scheduler import words as own_words
from engines.generative.diffusion.studies import comparison_axes as varying
from engines.generative.diffusion.study_types import CompareSpec
from engines.generative.diffusion.types import Guidance, ModelInfo, SampleSpec
from engines.generative.training.types import TrainSpec
from widgets.generative.state import DiffusionView, Mode

PREDICTIONS: dict[str, tuple[str, str]] = {
    "eps": (tr("Noise (eps)"), tr("The noise that was added; DDPM, Stable Diffusion 1 and XL")),
    "x0": (tr("Clean data (x0)"), tr("The data itself")),
    "v": (tr("Velocity (v)"), tr("s eps \u2212 s sigma x0; Stable Diffusion 2, progressive distillation")),
    "u": (tr("Flow (u)"), tr("eps \u2212 x0; flow matching, rectified flow, Stable Diffusion 3")),
    "score": (tr("Score"), tr("The gradient of the log-density; SMLD")),
    "edm": (tr("EDM's F"), tr("EDM's preconditioned mixture of noise and data")),
}
MEGA = 1e6


def headline(view: DiffusionView) -> str:
    """The line under the title."""
    queue = queue_words(view)
    if view.trouble is not None and not queue:
        return view.trouble.title
    return queue or problem(view) or WORDS[view.mode](view)


def level(view: DiffusionView) -> str:
    """The icon before that line."""
    if view.running is not None or view.queued or view.looking:
        return "busy"
    if view.trouble is not None:
        return "bad"
    return "warn" if problem(view) and view.model is not None else ""


def queue_words(view: DiffusionView) -> str:
    """'1 running, 2 waiting', or nothing."""
    running = 1 if view.running is not None else 0
    parts = [tr("{running} running", running=running)] * bool(running) + [
        tr("{queued} waiting", queued=view.queued)
    ] * bool(view.queued)
    return ", ".join(parts)


def problem(view: DiffusionView) -> str:
    """Why nothing can be started now, in a sentence without its stop; "" when it can."""
    if view.mode is Mode.TRAIN:
        return train_problem(view.train)
    if view.looking:
        return tr("Looking at the model")
    if view.model is None:
        return tr("Choose a model")
    if view.model.needs_prediction and not view.spec.prediction:
        return tr("Say what the model predicts")
    return compare_problem(view) if view.mode is Mode.COMPARE else sample_problem(view.spec, view.model)


def sample_problem(spec: SampleSpec, model: ModelInfo | None) -> str:
    _, error = schedule_levels(spec, model)
    if error is not None:
        return error.message
    start = spec.start
    if start is not None and start.kind != "between" and not start.image:
        return tr("Choose a picture to start from")
    if start is not None and start.kind == "inpaint" and not start.mask:
        return tr("Choose a mask")
    if start is not None and start.kind == "between" and len(spec.seeds) < 2:
        return tr("Two samples or more to go between seeds")
    return ""


def schedule_levels(spec: SampleSpec, model: ModelInfo | None) -> tuple[tuple[float, ...], KinoscopeError | None]:
    """The noise levels of a run, the last mostly 0; or none, and why. A folder's own are not known without it."""
    if model is None and spec.schedule.name == catalog.OWN.id:
        return (), None
    try:
        if model is not None:
            return tuple(own_levels.values(spec.schedule, spec.steps, model).tolist()), None
        return tuple(levels.values(spec.schedule, spec.steps, 0.002, 80.0).tolist()), None
    except KinoscopeError as error:
        return (), error


def compare_problem(view: DiffusionView) -> str:
    """Of the grid, or of the run that it varies."""
    _, error = grid_cells(view)
    return error.message if error is not None else sample_problem(grid_of(view).base, view.model)


def grid_of(view: DiffusionView) -> CompareSpec:
    """The grid with the run that it varies; the form's where it names none."""
    return view.compare if view.compare.base.model else replace(view.compare, base=view.spec)


def grid_cells(view: DiffusionView) -> tuple[list[SampleSpec], KinoscopeError | None]:
    """The specification of every cell; or none, and why."""
    model = view.model
    try:
        return list(chain(*varying.cells(grid_of(view), model.classes if model is not None else ()))), None
    except KinoscopeError as error:
        return [], error


def train_problem(spec: TrainSpec) -> str:
    return "" if spec.data else tr("Choose a folder of pictures")


def sampler_title(id: str) -> str:
    entry = catalog.sampler(id)
    return entry.title if entry is not None else id


def schedule_title(id: str) -> str:
    entry = catalog.schedule(id)
    return entry.title if entry is not None else id


def follows(spec: SampleSpec, model: ModelInfo) -> bool:
    """Whether a run samples as the model's own pipeline does, in whatever number of steps."""
    usual = catalog.usual(model)
    return (spec.sampler, spec.options, spec.schedule) == (usual.sampler, usual.options, usual.schedule)


def folder_words(spec: SampleSpec, model: ModelInfo | None) -> str:
    """'As the folder says: Euler, shift 3', or what it says where the run departs from it; "" without a folder."""
    if model is None or model.own is None:
        return ""
    own = model.own
    beginning = tr("As the folder says") if follows(spec, model) else tr("The folder says")
    steps = tr_count(own.steps, ", in {n} step", ", in {n:,} steps") if spec.steps != own.steps else ""
    return ". ".join([f"{beginning}: {own_words(own)}{steps}", *own.notes])


def sample_words(view: DiffusionView) -> str:
    """'MNIST digits, U-Net · 20 steps of DPM-Solver++ 2M'."""
    title = view.model.title if view.model is not None else view.spec.model
    return tr_count(
        view.spec.steps,
        "{title} · {n} step of {sampler_title}",
        "{title} · {n:,} steps of {sampler_title}",
        title=title,
        sampler_title=sampler_title(view.spec.sampler),
    )


def compare_words(view: DiffusionView) -> str:
    spec = view.compare
    columns, rows = len(spec.x_values), max(len(spec.y_values), 1)
    return tr(
        "{columns} × {rows} = {runs}",
        columns=columns,
        rows=rows,
        runs=tr_count(columns * rows, "{n} run", "{n:,} runs"),
    )


def train_words(view: DiffusionView) -> str:
    spec = view.train
    network = {"unet": "U-Net", "dit": "DiT"}[spec.architecture]
    return tr_count(
        spec.steps,
        "{network} of width {width} on {data_title}, {n} step",
        "{network} of width {width} on {data_title}, {n:,} steps",
        network=network,
        width=spec.width,
        data_title=data_title(spec.data),
    )


WORDS = {Mode.SAMPLE: sample_words, Mode.COMPARE: compare_words, Mode.TRAIN: train_words}


def data_title(data: str) -> str:
    """'MNIST', or the folder's name."""
    known = {"digits": tr("digits"), "mnist": "MNIST"}
    return known.get(data) or data.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or tr("nothing yet")


def estimate_words(view: DiffusionView) -> str:
    """'about 45 MB, 3 s', of the run beforehand."""
    parts = []
    if view.estimate_bytes is not None:
        parts.append(memory(view.estimate_bytes))
    if view.estimate_seconds is not None:
        parts.append(duration(view.estimate_seconds))
    return tr("about {cost}", cost=", ".join(parts)) if parts else ""


def grid_estimate(view: DiffusionView) -> str:
    """'about 20 s', of all cells, from what the form's own run would take."""
    cells, _ = grid_cells(view)
    if view.estimate_seconds is None or not cells:
        return ""
    work = sum(work_of(cell) for cell in cells) / max(work_of(view.spec), 1)
    return tr("about {duration}", duration=duration(view.estimate_seconds * work))


def work_of(spec: SampleSpec) -> int:
    """Samples that the network is given in all."""
    entry = catalog.sampler(spec.sampler)
    each = spec.steps * (entry.evaluations if entry is not None else 1)
    return each * len(spec.seeds) * (1 if unguided(spec.guidance) else 2)


def unguided(guidance: Guidance) -> bool:
    """A weight that changes nothing: 1, and 0 for a classifier."""
    return guidance.weight == (0 if guidance.kind == "classifier" else 1)


def memory(size: float) -> str:
    """Bytes in MB or GB with two digits that mean something."""
    value, unit = (size / MEGA, "MB") if size < 1000 * MEGA else (size / MEGA / 1000, "GB")
    return f"{value:.0f} {unit}" if value >= 10 else f"{max(value, 0.1):.1f} {unit}"


def duration(seconds: float) -> str:
    """'3 s', '4 min', '2.5 h'."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def facts(model: ModelInfo) -> str:
    """'1 × 28 × 28, 1.9 M parameters, predicts EDM's F': one line about a model."""
    shape = tr("points in the plane") if model.shape == (2,) else " \u00d7 ".join(str(side) for side in model.shape)
    size = tr("{parameters} parameters", parameters=parameters(model.parameters)) if model.parameters else ""
    what = tr("exact denoiser") if model.exact else ""
    if not model.exact and not model.needs_prediction and model.prediction in PREDICTIONS:
        what = tr("predicts {predictions}", predictions=PREDICTIONS[model.prediction][0])
    return ", ".join(part for part in (shape, size, what) if part)


def parameters(number: int) -> str:
    """'820 k', '1.9 M'."""
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= scale:
            return f"{number / scale:.3g}\u00a0{letter}"
    return str(number)
