"""The cost of a step of TRN's streaming head, beside the eager form that takes the equations one by one.

Both get the same weights and the same chunks, one after the other, so that a busy machine slows both alike. The eager
form is torch's LSTMCell and a Linear for each decoder step, as published. A step does little but read weights, so the
time in which their bytes could be read at the measured speed of memory is its limit; what stays in the caches between
decoder steps is read faster than that. Ours leaves out rows of units that a relu has silenced for a while; how many
depends on weights and chunks, so `read_mb` says what was read with weights as built, which are the ones that are
timed, and `decided_read_mb` with scores that spread as a trained network's do, which wakes more. Chunks drift as
those of a video do: each keeps nine tenths of the one before.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.actions.heads.streaming import HeadStream, open_stream, softmax
from engines.actions.types import HeadShape, Weights

INPUTS, FEATURES, STEPS, CLASSES = 3072, 3072, 8, 22
KEEPS: tuple[Weights, ...] = ("float32", "int8", "bfloat16")
WARM_UP = 40
"""Steps before those that count: by then the rows that are read have settled."""
SPREAD = 2.0
CHECKED = 30
"""Steps over which errors are looked for."""
BIG = 512 << 20

Chunk = NDArray[np.float32]
Take = Callable[[Chunk], NDArray[np.floating[Any]]]


def measure(
    sizes: Sequence[int] = (256, 512, 1024, 2048, 4096), threads: int = 1, repeats: int = 60, seconds: float = 30.0
) -> list[dict[str, Any]]:
    """One row a hidden size: microseconds of the eager step and of ours (p50, p99), how many times faster, and limits.

    threads: of either. repeats: steps that count, fewer where one size would take more than about `seconds`.
    """
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads, user_api="blas"), torch.inference_mode():
            speed = bandwidth()
            return [_row(size, threads, repeats, seconds, speed) for size in sizes]
    finally:
        torch.set_num_threads(before)


def bandwidth(repeats: int = 5) -> float:
    """Bytes a second at which a product with one vector reads an array far larger than the caches; the best of some."""
    rows = np.ones((BIG // 4 // 8192, 8192), dtype=np.float32)
    x, out = np.ones(rows.shape[1], dtype=np.float32), np.empty(len(rows), dtype=np.float32)
    times = []
    for _ in range(repeats):
        start = perf_counter()
        np.dot(rows, x, out)
        times.append(perf_counter() - start)
    return rows.nbytes / min(times)


def _row(hidden: int, threads: int, repeats: int, seconds: float, speed: float) -> dict[str, Any]:
    import torch

    from engines.actions.heads.building import build

    shape = HeadShape("trn", (INPUTS,), CLASSES, FEATURES, hidden, STEPS, norm=False)
    torch.manual_seed(0)
    network = build(shape).eval()
    weights = {name: weight.numpy() for name, weight in network.state_dict().items()}
    streams: dict[str, HeadStream] = {}
    takes: dict[str, Take] = {"eager": _eager(network)}
    for keep in KEEPS:
        streams[keep] = open_stream(shape, weights, keep=keep, threads=threads)
        takes[keep] = _ours(streams[keep])
    times = _interleaved(takes, repeats, seconds)
    row: dict[str, Any] = {"hidden": hidden, "threads": threads, "millions": _count(weights) / 1e6}
    row |= _times("eager", times["eager"]) | _times("", times["float32"])
    row["times_faster"] = row["eager_p50_us"] / row["p50_us"]
    row |= _limits(weights, hidden, streams["float32"].bytes_read, speed)
    for keep in KEEPS[1:]:
        row |= _times(keep, times[keep]) | {f"{keep}_read_mb": streams[keep].bytes_read / 1e6}
    streams.clear()
    takes.clear()
    row |= _decided(network, shape, threads)
    gc.collect()
    return row


def _decided(network: Any, shape: HeadShape, threads: int) -> dict[str, float]:
    """Errors of the probabilities at most, and what is read, once the scores spread as a trained network's do.

    Weights as built give every class the same probability, which would hide errors, and wake always the same units.
    """
    _spread(network)
    weights = {name: weight.numpy() for name, weight in network.state_dict().items()}
    streams = {keep: open_stream(shape, weights, keep=keep, threads=threads) for keep in KEEPS}
    errors = dict.fromkeys(KEEPS[1:], 0.0)
    for x in _drifting(CHECKED):
        said = {keep: softmax(stream.step(x).logits) for keep, stream in streams.items()}
        errors = {keep: max(error, float(np.abs(said[keep] - said["float32"]).max())) for keep, error in errors.items()}
    found = {f"{keep}_error": error for keep, error in errors.items()}
    return found | {"decided_read_mb": streams["float32"].bytes_read / 1e6}


def _spread(network: Any) -> None:
    """Scale the classifier until the scores of a chunk differ by about SPREAD."""
    take = _eager(network)
    spread = np.mean([np.std(take(x)) for x in _drifting(4)])
    for weight in network.classifier.parameters():
        weight.mul_(SPREAD / float(spread))


def _eager(network: Any) -> Take:
    import torch

    state: Any = None

    def take(x: Chunk) -> NDArray[np.floating[Any]]:
        nonlocal state
        output, state = network.plain_step(torch.from_numpy(x)[None], state)
        return np.asarray(output.logits[0])

    return take


def _ours(stream: HeadStream) -> Take:
    return lambda x: stream.step(x).logits


def _interleaved(takes: dict[str, Take], repeats: int, seconds: float) -> dict[str, list[float]]:
    """Seconds of each step that counts."""
    times: dict[str, list[float]] = {name: [] for name in takes}
    begun = perf_counter()
    for number, x in enumerate(_drifting(WARM_UP + repeats)):
        for name, take in takes.items():
            start = perf_counter()
            take(x)
            times[name].append(perf_counter() - start)
        if number >= WARM_UP + 8 and perf_counter() - begun > seconds:
            break
    return {name: each[WARM_UP:] for name, each in times.items()}


def _drifting(count: int) -> Iterator[Chunk]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=INPUTS)
    for _ in range(count):
        yield x.astype(np.float32)
        x = 0.9 * x + np.sqrt(1 - 0.9**2) * rng.normal(size=INPUTS)


def _times(name: str, seconds: list[float]) -> dict[str, float]:
    prefix = f"{name}_" if name else ""
    return {f"{prefix}p{share}_us": 1e6 * float(np.percentile(seconds, share)) for share in (50, 99)}


def _count(weights: dict[str, NDArray[Any]]) -> int:
    return sum(weight.size for weight in weights.values())


def _limits(weights: dict[str, NDArray[Any]], hidden: int, read: int, speed: float) -> dict[str, float]:
    """Megabytes that a step reads, of the eager form and of ours, and the microseconds that reading takes at least."""
    sizes = {name: weight.nbytes for name, weight in weights.items() if name.endswith(("weight", "_ih", "_hh"))}
    again = ("dec_cell.weight", "fusion_linear", "future_linear", "classifier")
    eager = sum(size * (STEPS if name.startswith(again) else 1) for name, size in sizes.items())
    eager += sizes["classifier.weight"]
    limits = {"eager_read_mb": eager / 1e6, "read_mb": read / 1e6, "memory_gb_per_s": speed / 1e9}
    return limits | {"eager_limit_us": 1e6 * eager / speed, "limit_us": 1e6 * read / speed}
