"""Features of a whole film, chunk by chunk as the live engine makes them, made once and then taken from the cache."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engines.actions.features import cache
from engines.actions.features.cache import Extracted
from engines.actions.features.chunks import Chunker
from engines.actions.features.describing import Describer
from engines.actions.features.recipes import digest, recipe_for
from engines.actions.study_types import WHOLE, FeaturesResult, FeaturesSpec, Frames
from engines.actions.types import Recipe
from engines.core.context import Context, PlainContext
from engines.core.errors import BadInput, UsageError
from engines.core.files import atomic_path, write_json
from engines.core.outputs import ARRAY, holding
from engines.core.outputs import check_file as check_output
from engines.core.spec import to_json
from engines.core.video.faults import check_file
from engines.core.video.film import Film
from engines.core.words import tr

Row: TypeAlias = tuple[NDArray[np.floating], float, int, bool]
MADE = holding(tr("a description of features"), b'"recipe"', b'"digest"')
CUSTOMARY = 10.0
"""Chunks per second, where nothing else is asked and the film has as many frames."""


def run(spec: FeaturesSpec, ctx: Context) -> FeaturesResult:
    """The job. Raises `BadInput` for what is no film, `UsageError` for an empty part of it."""
    began = perf_counter()
    if spec.out:
        _check_place(spec)
    recipe = recipe_for(spec.kind, chunk_rate(spec.video, spec.rate))
    made = extract(spec.video, recipe, spec.frames, ctx, spec.threads)
    if spec.out:
        _save(Path(spec.out), made, recipe, spec)
    count, length = made.features.shape
    where = spec.out or made.file
    without = float(made.missing.mean()) if count else 0.0
    spent = perf_counter() - began
    return FeaturesResult(where, count, length, recipe.rate, digest(recipe), made.reused, spent, without)


def chunk_rate(video: str, asked: float = 0.0) -> float:
    """Chunks per second: what is asked, or the film's own rate up to 10 for 0."""
    return asked or min(Film.open(video).rate, CUSTOMARY)


def extract(
    video: str | Path, recipe: Recipe, frames: Frames = WHOLE, ctx: Context | None = None, threads: int = 1
) -> Extracted:
    """Features of a part of a film, seen as if the film began there. Raises like `run`."""
    ctx, video = ctx or PlainContext(), Path(video)
    check_part(frames)
    check_file(video)
    kept = cache.place(video, recipe, frames)
    found = cache.read(kept)
    if found is not None:
        return found
    made = _described(video, recipe, frames, ctx, threads)
    cache.write(kept, made)
    return Extracted(made.features, made.times, made.frames, made.missing, str(kept))


def _described(video: Path, recipe: Recipe, frames: Frames, ctx: Context, threads: int) -> Extracted:
    film = Film.open(video)
    if film.count is not None and frames[0] >= film.count:
        raise nothing_in(film, frames)
    ctx.progress(0, 0, tr("Describing {video}", video=video.name))
    with closing(Describer(recipe, threads)) as describer, closing(_chunks(film, frames, ctx, describer)) as each:
        rows = list(each)
    if not rows:
        raise nothing_in(film, frames)
    features, times, indices, missing = zip(*rows, strict=True)
    return Extracted(np.stack(features), np.array(times), np.array(indices), np.array(missing, np.bool_))


def _chunks(film: Film, frames: Frames, ctx: Context, describer: Describer) -> Generator[Row, None, None]:
    """Vector, time, number of the closing frame and "no body" of each chunk."""
    recipe = describer.recipe
    chunker = Chunker(recipe.rate)
    start, stop = frames
    ends = [end for end in (stop, film.count) if end is not None]
    total = max(min(ends) - start, 1) if ends else 0
    bodiless = "pose" in recipe.streams
    for number, frame in enumerate(film.frames(start, stop)):
        ctx.check()
        done = chunker.push(frame.seconds, describer.describe(frame.image, frame.seconds))
        bodiless = bodiless and not describer.poses
        yield from ((vector, frame.seconds, frame.index, bodiless) for vector in done)
        bodiless = "pose" in recipe.streams if done else bodiless
        ctx.progress(number + 1, total, tr("Describing {path}", path=film.path.name))


def _save(out: Path, made: Extracted, recipe: Recipe, spec: FeaturesSpec) -> None:
    """The array for other tools, and beside it how it was made and which frame closed each row."""
    _check_place(spec)
    about = {"recipe": to_json(recipe), "digest": digest(recipe), "video": spec.video, "part": list(spec.frames)}
    rows = {"frames": made.frames.tolist(), "times": made.times.tolist(), "missing": made.missing.tolist()}
    with atomic_path(out) as part:
        with part.open("wb") as file:
            np.save(file, made.features)
        write_json(out.with_suffix(".json"), about | rows)


def _check_place(spec: FeaturesSpec) -> None:
    out = check_output(spec.out, ARRAY, [spec.video])
    check_output(out.with_suffix(".json"), MADE, [spec.video])


def check_part(frames: Frames) -> None:
    """Raises `UsageError` for a part A:B that holds no frames in any film."""
    start, stop = frames
    if start < 0 or (stop is not None and stop <= start):
        raise UsageError(
            tr("There are no frames in {told}", told=_told(frames)),
            hint=tr("A:B begins with A and ends before B, like 0:190"),
        )


def nothing_in(film: Film, frames: Frames) -> BadInput:
    """The error for a part that lies beyond the end of this film."""
    has = tr("it has {count}", count=film.count) if film.count else tr("it ends before")
    return BadInput(tr("There are no frames {told} in this film: {has}", told=_told(frames), has=has), path=film.path)


def _told(frames: Frames) -> str:
    return f"{frames[0]}:{'' if frames[1] is None else frames[1]}"
