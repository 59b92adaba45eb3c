"""Training on a benchmark folder, and measuring on its test videos as the released codes do: all of them joined."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engines.actions.evaluation.arrays import evaluate_arrays
from engines.actions.heads.streaming import HeadStream, open_stream, softmax
from engines.actions.models.settings import BENCHMARK_RATE
from engines.actions.models.standard import Standard
from engines.actions.study_types import Evaluation, TrainSpec
from engines.actions.training.benchmarks import Benchmark, open_benchmark
from engines.actions.training.examples import Examples, Held, check_examples
from engines.actions.types import ModelCard, Recipe, Stream
from engines.core.context import Context

HINT = "Check the targets and 'class_index' in data_info.json"


def read_folder(spec: TrainSpec, ctx: Context) -> Examples:
    """The training videos of a folder. Of these, whole videos at the end of the list are held out.

    Raises `BadInput` for whatever does not fit together.
    """
    benchmark = open_benchmark(spec.folder)
    stretches = benchmark.stretches(benchmark.train, ctx)
    aside = min(round(spec.held_out * len(stretches)), len(stretches) - 1)
    train, held = stretches[: len(stretches) - aside], stretches[len(stretches) - aside :]
    advice = check_examples(train, benchmark.known, spec.window, f"the videos of {benchmark.folder.name}", HINT)
    return Examples(
        benchmark.known,
        recipe_of(benchmark, spec.rate or BENCHMARK_RATE),
        tuple(train),
        tuple(Held(each, 0) for each in held),
        f"{benchmark.folder.name}, {len(train)} videos",
        advice,
    )


def recipe_of(benchmark: Benchmark, rate: float) -> Recipe:
    """Features of other makers: what they are called, how long and how fast they are is all that is known."""
    names = "+".join(path.name for path in benchmark.streams)
    arrays: Stream = "arrays"
    streams = tuple(arrays for _ in benchmark.streams)
    return Recipe(streams, benchmark.inputs, rate, crop="", side=0, of=names)


def tested(
    spec: TrainSpec, card: ModelCard, weights: Mapping[str, NDArray[np.float32]], standard: Standard, ctx: Context
) -> Evaluation | None:
    """The test videos, each as a stream of its own, measured together; None where the folder has none."""
    benchmark = open_benchmark(spec.folder)
    if not benchmark.test:
        return None
    stream = open_stream(card.shape, weights)
    scores, targets = [], []
    for index, video in enumerate(benchmark.test):
        ctx.progress(index, len(benchmark.test), f"Testing on {video}")
        features, flags = benchmark.read(video)
        stream.reset()
        scores.append(_scores(stream, standard.rows(features), ctx))
        targets.append(flags)
    joined = np.concatenate(scores)
    if benchmark.ambiguous is not None:
        joined = np.insert(joined, benchmark.ambiguous, 0.0, axis=1)
    return evaluate_arrays(joined, np.concatenate(targets), benchmark.ambiguous, 0, card.name)


def _scores(stream: HeadStream, features: NDArray[np.float32], ctx: Context) -> NDArray[np.float32]:
    rows = []
    for chunk in features:
        ctx.check()
        rows.append(softmax(stream.step(chunk).logits))
    return np.stack(rows)
