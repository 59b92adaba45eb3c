"""Drawing samples: the job behind every picture. From a specification to a folder that can be shown and run again.

A sample depends on its own seed alone, not on the others of its run: noise is drawn on the CPU, a generator a seed.
A picture's last bits depend on its batch, for matrix products block by shape; `exact` takes samples one by one.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.context import Context
from engines.core.errors import OutOfResources, WorkFailed
from engines.core.files import atomic_path
from engines.core.training.threads import FAILURES, ran_out
from engines.core.words import tr
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.models import memory
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.sampling.attending import attending, named, recorded
from engines.generative.diffusion.sampling.captured import Captured, hindrance
from engines.generative.diffusion.sampling.checks import check_against, check_request
from engines.generative.diffusion.sampling.initial_states import begin, end
from engines.generative.diffusion.sampling.plan import Opener, Plan, plan
from engines.generative.diffusion.sampling.watch import Watch
from engines.generative.diffusion.types import SampleResult, SampleSpec
from engines.generative.runs import history, png
from engines.generative.runs.sheets import scatter, thumbnail, tiled
from engines.generative.runs.steps_file import to_uint8

__all__ = ["Opener", "draw", "draw_and_save", "draw_into", "made_from", "prepare", "run", "run_with", "used"]


@dataclass(frozen=True)
class Drawn:
    """samples: (n, ...) on the CPU, in the model's own range (latents decoded). batch: what it took in the end.

    kernels, notes: of attention.
    """

    samples: Tensor
    batch: int
    seconds: float
    kernels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def run(spec: SampleSpec, ctx: Context) -> SampleResult:
    """Job: open the model, draw a sample for each seed and write the run's folder.

    Raises `UsageError`, `BadInput`, `FileMissing`, `OutOfResources`, `WorkFailed` and `Cancelled`.
    """
    check_request(spec)
    ctx.progress(0, spec.steps, tr("Opening the model"))
    return run_with(Opener(spec.device, spec.precision), spec, ctx)


def run_with(opener: Opener, spec: SampleSpec, ctx: Context) -> SampleResult:
    """`run` with models that may be open already."""
    return draw_and_save(prepare(opener, spec), ctx)[0]


def prepare(opener: Opener, spec: SampleSpec) -> Plan:
    """A run that is opened and checked, and not begun."""
    check_request(spec)
    model = opener.open(spec.model, spec.prediction)
    check_against(spec, model.info)
    return plan(spec, model, opener)


def draw_and_save(ready: Plan, ctx: Context) -> tuple[SampleResult, Tensor]:
    """Draw a prepared run and write its folder; the samples too, (n, ...) in the model's own range."""
    spec = ready.spec
    with history.folder_for(spec.model, spec.out, made_from(spec)) as (folder, final):
        return draw_into(folder, final, ready, ctx)


def draw_into(folder: Path, final: Path, ready: Plan, ctx: Context) -> tuple[SampleResult, Tensor]:
    """`draw_and_save` into a folder that will lie at `final`.

    It waits for memory alone: whoever looks on does not wait for the threads of a training.
    """
    need = memory.estimate(ready.model.info, ready.spec)
    with ctx.lease(ready.spec.device, need, threads=0):
        with _steps_writer(ready, folder) as writer:
            watch = Watch(ready, ctx, writer)
            drawn = draw(ready, watch)
    result = _result(ready, watch, drawn, need, str(final))
    return save(folder, ready, drawn.samples, result), drawn.samples


def made_from(spec: SampleSpec) -> tuple[str, ...]:
    """Files that a run reads and that it must not replace."""
    start = () if spec.start is None else (spec.start.image, spec.start.mask)
    return (spec.model, spec.guidance.weak, spec.guidance.classifier, *start)


def draw(ready: Plan, watch: Watch) -> Drawn:
    """All samples of a run, each layer of attention by the kernel that the run is held to."""
    with attending(ready.spec) as ran:
        drawn = _draw_all(ready, watch)
    return replace(drawn, kernels=named(ran), notes=(*drawn.notes, *ran.notes))


def _draw_all(ready: Plan, watch: Watch) -> Drawn:
    """Batch by batch; one that is too large for the memory is halved and taken again."""
    batch, first, done = memory.batch_of(ready.spec), 0, []
    captured = None if hindrance(ready.spec, ready.model.info) else Captured(ready)
    began = time.perf_counter()
    while first < len(ready.spec.seeds):
        indices = range(first, min(first + batch, len(ready.spec.seeds)))
        try:
            done.append(_draw_batch(ready, indices, watch, captured))
        except FAILURES as error:
            batch = _smaller(error, len(indices), ready)
            watch.again(batch)
            continue
        first += len(indices)
    notes = (captured.note,) if captured else ()
    return Drawn(torch.cat(done), batch, time.perf_counter() - began - watch.writing, notes=notes)


def _draw_batch(ready: Plan, indices: range, watch: Watch, captured: Captured | None) -> Tensor:
    at_once = captured.draw(indices) if captured else None
    if at_once is None:
        return _picture(ready, _draw_by_steps(ready, indices, watch))
    watch.drawn_at_once(indices, at_once[1])
    return _picture(ready, at_once[0])


def _draw_by_steps(ready: Plan, indices: range, watch: Watch) -> Tensor:
    noise = SeededNoise([ready.spec.seeds[index] for index in indices])
    begun = begin(ready, indices, noise)
    watch.begin(indices, begun.sigmas)
    denoise = watch.counted(begun.denoise)
    with begun.noise.ahead(begun.y) as fresh:
        done = sample(
            denoise, begun.y, begun.sigmas, sampler=ready.spec.sampler, noise=fresh, observe=watch.observe,
            **ready.options,
        )  # fmt: skip
    watch.end(done)
    return done


def _picture(ready: Plan, done: Tensor) -> Tensor:
    """Samples on the CPU, latents decoded. Raises `WorkFailed` where they are no numbers."""
    done = end(ready, done)
    picture = ready.model.latents.decode(done) if ready.model.latents else done
    if not torch.isfinite(picture).all():
        hint = tr("Lower the guidance weight, take more steps, or choose float32")
        raise WorkFailed(tr("The samples are not finite numbers"), hint=hint)
    return picture.float().cpu() if picture.dtype != torch.float64 else picture.cpu()


def _smaller(error: Exception, batch: int, ready: Plan) -> int:
    """Half the batch when memory ran out; raises what else went wrong."""
    if not ran_out(error):
        raise error
    if batch == 1:
        what = tr(
            "One sample of {info} does not fit into the memory of {device}",
            info=ready.model.info.title,
            device=ready.spec.device,
        )
        hint = tr("Choose a smaller size or float16, close other programs, or take another device")
        raise OutOfResources(what, hint=hint) from error
    error.__traceback__ = None
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return batch // 2


@contextmanager
def _steps_writer(ready: Plan, folder: Path) -> Iterator[history.StepsWriter | None]:
    """The writer of the steps, when they are kept."""
    if not ready.spec.keep_steps:
        yield None
        return
    latents, info = ready.model.latents, ready.model.info
    rgb = np.asarray(latents.to_rgb.numpy(), np.float32) if latents else None
    path = history.steps_path(folder)
    sigmas = tuple(ready.sigmas.tolist())
    with history.StepsWriter(path, sigmas, len(ready.spec.seeds), ready.shape, info.low, info.high, rgb) as writer:
        yield writer


def _result(ready: Plan, watch: Watch, drawn: Drawn, need: int, folder: str) -> SampleResult:
    notes = [*ready.notes, *watch.notes, *drawn.notes]
    if drawn.batch < memory.batch_of(ready.spec):
        notes.append(tr("Memory ran out, so {batch} samples were taken at a time", batch=drawn.batch))
    straightness, curvature = watch.path()
    return SampleResult(
        folder=folder, files=(), seconds=drawn.seconds, nfe=watch.nfe, sigmas=tuple(ready.sigmas.tolist()),
        batch=drawn.batch, seeds=ready.spec.seeds, preview_share=watch.preview_share(drawn.seconds), bytes=need,
        straightness=straightness, curvature=curvature, notes=tuple(notes), kernels=drawn.kernels,
    )  # fmt: skip


def used(spec: SampleSpec, result: SampleResult) -> SampleSpec:
    """The specification that gives the same bits again: with the batch and the kernels that were used in the end."""
    return replace(spec, batch=result.batch, kernel=recorded(result.kernels) or spec.kernel)


def save(folder: Path, ready: Plan, samples: Tensor, result: SampleResult) -> SampleResult:
    """Write the samples (n, ...) and, last, `run.json`; the result names the files where `result.folder` says.

    Raises `OutOfResources` when the disk is full.
    """
    try:
        files = _points(folder, samples) if samples.ndim == 2 else ()
        spec = used(ready.spec, result)
        if samples.ndim == 2:
            pictures = scatter(samples.double().numpy())[None]
        else:
            pictures = to_uint8(samples.numpy(), *ready.model.range)
            files = _pictures(folder, pictures, spec)
        png.write_png(folder / history.GRID, tiled(pictures), png.settings_texts(spec, 0))
        png.write_png(folder / history.THUMBNAIL, thumbnail(pictures))
        result = replace(result, files=tuple(str(Path(result.folder) / name) for name in files))
        history.write_run(folder, ready.spec, result, ready.model.info)
    except OSError as error:
        hint = tr("Free some space, or choose another folder")
        raise OutOfResources(
            tr("The samples cannot be written: {strerror}", strerror=error.strerror), path=folder, hint=hint
        ) from error
    return result


def _points(folder: Path, samples: Tensor) -> tuple[str, ...]:
    path = folder / history.POINTS
    with atomic_path(path) as part, part.open("wb") as file:
        np.save(file, samples.numpy())
    return (path.name,)


def _pictures(folder: Path, pictures: NDArray[np.uint8], spec: SampleSpec) -> tuple[str, ...]:
    paths = [folder / f"{index:04d}.png" for index in range(len(pictures))]
    for index, (path, picture) in enumerate(zip(paths, pictures, strict=True)):
        png.write_png(path, picture, png.settings_texts(spec, index))
    return tuple(path.name for path in paths)
