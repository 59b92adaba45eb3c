"""Hours of video through the live engine as fast as it goes: does its memory stay flat, do its frames stay quick.

A film is decoded again and again; at each new round the engine is told that it loops, while the time of the stamps
goes on. Memory is what the whole process holds, so decoding, networks, head and what is kept of the past all count.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, thread_time
from typing import Any, cast

import numpy as np

from engines.actions.streaming.live import ActionWatcher
from engines.actions.types import FeatureKind, WatchSettings
from engines.core.context import PlainContext
from engines.core.frames import Frame, Stamp
from engines.core.live import Reset
from engines.core.video.film import Film, FilmFrame

FILM = "actions/exercise/exercise.avi"
WARM = 5.0
"""Minutes of video after which memory is to be flat."""
BLOCK = 5.0
"""Minutes of video over which latencies are taken."""
HIDDEN = 128
MEBIBYTE = 1 << 20
Told = Callable[[float, float], None]


def measure(
    minutes: float = 60.0, film: str = "", model: str = "", kind: str = "appearance", told: Told | None = None
) -> dict[str, Any]:
    """minutes: of video. film: looped; the exercise of the real data by default. model: a model file; by default an
    untrained TRN on features of `kind`, which costs the same. told: minutes done and in all, now and then.

    Memory in MiB by minute of video, its growth after the first five in per cent (`growth` at the end, `peak_growth`
    at its highest); p50, p99 of a frame in milliseconds for every five minutes of video, by the clock and by the
    processor time of the engine's thread, which other programs do not change much.
    """
    path = Path(film or os.path.join(os.environ.get("KINOSCOPE_DATA", "../shared/data"), FILM))
    with TemporaryDirectory() as folder:
        settings = WatchSettings(model=model or _untrained(Path(folder), kind), feature_rate=0.0)
        engine = ActionWatcher()
        engine.open(settings, PlainContext())
        try:
            return {"film": path.name, "kind": kind} | _run(engine, Film.open(path), minutes, told)
        finally:
            engine.close()


def _run(engine: ActionWatcher, film: Film, minutes: float, told: Told | None) -> dict[str, Any]:
    import psutil

    process = psutil.Process()
    memory = [process.memory_info().rss]
    spent, cpu, times = room = _room(film, minutes)
    began, count = perf_counter(), 0
    for index, (frame, seconds, again) in enumerate(looped(film)):
        if seconds >= 60.0 * len(memory):
            memory.append(process.memory_info().rss)
            if told is not None:
                told(seconds / 60, minutes)
        if seconds >= 60.0 * minutes:
            break
        if again:
            engine.reset(Reset.LOOP)
        start, busy = perf_counter(), thread_time()
        engine.process([Frame(frame.image, Stamp("soak", index, monotonic(), seconds))])
        spent[index], cpu[index] = 1000 * (perf_counter() - start), 1000 * (thread_time() - busy)
        times[index], count = seconds, index + 1
    return _figures(np.array(memory) / MEBIBYTE, room[:, :count], perf_counter() - began)


def _room(film: Film, minutes: float) -> np.ndarray[Any, Any]:
    """Milliseconds, those of the processor, and the time of every frame to come, (3, n): held from the beginning, or
    it would be the growth.
    """
    stamps = film.frame_times()
    rounds = 60.0 * minutes / (stamps[-1] + 1.0 / film.rate) + 2
    return np.ones((3, int(rounds * (len(stamps) + 1))))


def looped(film: Film) -> Iterator[tuple[FilmFrame, float, bool]]:
    """Frames for ever, each with a time that goes on and whether a new round begins with it."""
    offset = 0.0
    while True:
        last = 0.0
        for frame in film.frames():
            yield frame, offset + frame.seconds, frame.index == 0 and offset > 0
            last = frame.seconds
        offset += last + 1.0 / film.rate


def _figures(memory: np.ndarray[Any, Any], frames: np.ndarray[Any, Any], seconds: float) -> dict[str, Any]:
    warm = memory[min(int(WARM), len(memory) - 1) :]
    spent, cpu, times = frames
    starts = np.arange(0, times[-1], 60 * BLOCK)
    blocks = [(times >= start) & (times < start + 60 * BLOCK) for start in starts]
    high = [float(np.percentile(cpu[block], 99)) for block in blocks]
    return {
        "minutes": len(memory) - 1,
        "frames": len(times),
        "seconds": seconds,
        "memory_mib": [round(float(value), 2) for value in memory],
        "growth_percent": float(100 * (warm[-1] / warm[0] - 1)),
        "peak_growth_percent": float(100 * (warm.max() / warm[0] - 1)),
        "p50_ms": [float(np.median(spent[block])) for block in blocks],
        "p99_ms": [float(np.percentile(spent[block], 99)) for block in blocks],
        "cpu_p50_ms": [float(np.median(cpu[block])) for block in blocks],
        "cpu_p99_ms": high,
        "cpu_p99_last_over_first": high[-1] / high[0],
    }


def _untrained(folder: Path, kind: str) -> str:
    """A model file that nobody trained."""
    from engines.actions.features.recipes import recipe_for
    from engines.actions.heads.building import build
    from engines.actions.models.files import save_model
    from engines.actions.types import BACKGROUND, HeadShape, ModelCard

    recipe = recipe_for(cast(FeatureKind, kind), 10.0)
    classes = (BACKGROUND, *(f"action {number}" for number in range(1, 7)))
    shape = HeadShape("trn", recipe.dims, len(classes), HIDDEN, HIDDEN)
    weights = {name: value.numpy() for name, value in build(shape).state_dict().items()}
    horizons = tuple(0.5 * (step + 1) for step in range(shape.future_steps))
    length = sum(recipe.dims)
    path = folder / "untrained.safetensors"
    save_model(
        path, ModelCard("untrained", classes, shape, recipe, horizons), weights, np.zeros(length), np.ones(length)
    )
    return str(path)
