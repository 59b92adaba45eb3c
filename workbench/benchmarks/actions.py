"""The speed at which actions are seen in a film, from the file to the decision; the cost of a step of the heads.

The chain is the live engine's: frames are decoded on a thread of their own and wait in a bounded queue, each is
described and pooled, and every chunk is a step of a TRN (its weights are random: that costs the same). Nothing is left
out and nothing waits for a clock, so frames per second are what the chain reaches. Each kind of features runs on one
thread, its streams in turn, and on two, where streams are described side by side. The whole process is held to some
cores, so that the figure for two is one of two. "cpu" is the processor time of all threads for a frame: it tells what
the chain costs on a machine that does other things too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from queue import Queue
from statistics import median
from threading import Thread
from time import perf_counter, process_time
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from engines.actions.features.describing import Describer
from engines.actions.features.recipes import recipe_for
from engines.actions.models.files import Model
from engines.actions.streaming.detector import Detector
from engines.actions.types import BACKGROUND, FeatureKind, HeadShape, ModelCard, Recipe
from engines.core.store.fetching import load_path
from engines.core.video.film import Film, FilmFrame

KINDS: tuple[FeatureKind, ...] = ("appearance", "pose", "both")
WAITING = 4
"""Decoded frames that may wait."""
WARM = 5
"""Frames before those that count."""


def main(
    video: Annotated[str, typer.Option(help="A film; the sample clip by default.", show_default=False)] = "",
    frames: Annotated[int, typer.Option(min=1, help="Frames that count, of the film again and again.")] = 300,
    hidden: Annotated[int, typer.Option(min=1, help="H and F of the chain's TRN.")] = 256,
    cores: Annotated[int, typer.Option(min=1, help="Cores the whole process is held to, where the system can.")] = 2,
    rounds: Annotated[int, typer.Option(min=1, help="Times each chain runs, in turn; the middle one counts.")] = 3,
    heads: Annotated[bool, typer.Option(help="Measure the heads too.")] = True,
    soak: Annotated[float, typer.Option(min=0, help="Minutes of video for memory and latency over hours.")] = 0.0,
) -> dict[str, Any]:
    """Frames per second and milliseconds by stage, for each kind of features; microseconds of the heads' steps."""
    film = Film.open(video or load_path("walking"))
    with _held_to(cores) as held:
        result: dict[str, Any] = {"film": film.path.name, "size": str(film.size), "frames": frames, "cores": held}
        result["decode_alone_fps"] = _decode_alone(film, frames)
        result["chain"] = _chains(film, frames, hidden, rounds)
        if heads:
            from workbench.benchmarks.actions_heads import measure

            result["heads"] = measure(threads=1)
        if soak:
            from workbench.benchmarks.actions_soak import measure as soaked

            result["soak"] = soaked(soak, video)
    return result


def _chains(film: Film, frames: int, hidden: int, rounds: int) -> list[dict[str, Any]]:
    """One row for each kind and way, of the middle round; the rounds interleaved, so that a busy machine slows all."""
    wanted: list[tuple[FeatureKind, int]] = [(kind, threads) for kind in KINDS for threads in (1, 2)]
    runs: list[list[dict[str, Any]]] = [[] for _ in wanted]
    for _ in range(rounds):
        for each, (kind, threads) in zip(runs, wanted, strict=True):
            each.append(_chain(film, kind, threads, frames, hidden))
    return [sorted(each, key=lambda row: row["fps"])[len(each) // 2] for each in runs]


def _chain(film: Film, kind: FeatureKind, threads: int, frames: int, hidden: int) -> dict[str, Any]:
    recipe = recipe_for(kind, 10.0)
    detector = Detector(_untrained(recipe, hidden))
    spent: dict[str, list[float]] = {}
    with closing(Describer(recipe, threads)) as describer, closing(_decoded(film, frames + WARM)) as decoded:
        marks, busy = [perf_counter()], [process_time()]
        for frame, decode in decoded:
            features = describer.describe(frame.image, frame.seconds)
            steps = detector.push(frame.seconds, features)
            marks.append(perf_counter())
            busy.append(process_time())
            stages = {"decode": decode} | describer.stages | ({"head": detector.milliseconds} if steps else {})
            for stage, milliseconds in stages.items():
                spent.setdefault(stage, []).append(milliseconds)
    each = 1000 * np.diff(marks[WARM:])
    row: dict[str, Any] = {"features": kind, "threads": threads, "fps": 1000 / float(each.mean())}
    row |= {"p50_ms": float(np.median(each)), "p99_ms": float(np.percentile(each, 99))}
    row["cpu_ms"] = 1000 * (busy[-1] - busy[WARM]) / len(each)
    return row | {f"{stage}_ms": median(values[WARM:] or values) for stage, values in spent.items()}


def _untrained(recipe: Recipe, hidden: int) -> Model:
    """A TRN that nobody trained."""
    from engines.actions.heads.building import build

    classes = (BACKGROUND, *(f"action {number}" for number in range(1, 7)))
    shape = HeadShape("trn", recipe.dims, len(classes), hidden, hidden)
    weights = {name: value.numpy() for name, value in build(shape).state_dict().items()}
    length = sum(recipe.dims)
    card = ModelCard("untrained", classes, shape, recipe, tuple(0.5 * (1 + step) for step in range(shape.future_steps)))
    return Model(card, weights, np.zeros(length, np.float32), np.ones(length, np.float32))


def _decoded(film: Film, count: int) -> Generator[tuple[FilmFrame, float], None, None]:
    """Frames, in a loop whose time goes on, with milliseconds each took to decode on its own thread."""
    waiting: Queue[tuple[FilmFrame, float] | None] = Queue(WAITING)
    ended = False

    def work() -> None:
        try:
            for entry in _looped(film, count):
                waiting.put(entry)
                if ended:
                    return
        finally:
            waiting.put(None)

    thread = Thread(target=work, name="decoding", daemon=True)
    thread.start()
    try:
        while (entry := waiting.get()) is not None:
            yield entry
    finally:
        ended = True
        while thread.is_alive():
            _emptied(waiting)
            thread.join(0.01)


def _emptied(waiting: Queue[Any]) -> None:
    while not waiting.empty():
        waiting.get_nowait()


def _looped(film: Film, count: int) -> Iterator[tuple[FilmFrame, float]]:
    done, offset = 0, 0.0
    while True:
        last = 0.0
        began = perf_counter()
        for frame in film.frames():
            last = frame.seconds
            yield FilmFrame(frame.index, offset + last, frame.image), 1000 * (perf_counter() - began)
            done += 1
            if done == count:
                return
            began = perf_counter()
        offset += last + 1 / film.rate


def _decode_alone(film: Film, count: int) -> float:
    began = perf_counter()
    for _ in _looped(film, count):
        pass
    return count / (perf_counter() - began)


@contextmanager
def _held_to(cores: int) -> Iterator[int]:
    """Hold the process to the first cores that it may use; how many it has then. OpenCV takes no more threads."""
    before, threads = _allowed(), cv2.getNumThreads()
    setter: Callable[[int, set[int]], None] | None = getattr(os, "sched_setaffinity", None)
    try:
        cv2.setNumThreads(cores)
        if setter is not None and before is not None:
            setter(0, set(sorted(before)[:cores]))
        now = _allowed()
        yield len(now) if now is not None else os.cpu_count() or 1
    finally:
        cv2.setNumThreads(threads)
        if setter is not None and before is not None:
            setter(0, before)


def _allowed() -> set[int] | None:
    return os.sched_getaffinity(0) if sys.platform == "linux" else None
