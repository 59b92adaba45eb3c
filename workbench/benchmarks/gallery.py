"""The time it takes to find the nearest face among many: ours beside numpy, FAISS (flat, HNSW) and usearch.

The vectors are made like faces': identities with a decaying spectrum (65 effective dimensions of 128, SFace on LFW has
76), five faces each, a mean cosine of .62 within a person. Half the queries are further faces of people who are there,
half are strangers. Every method sees the same query one after the other, so that a busy machine slows all alike;
recall@1 is against the exact nearest. A graph whose making would not fit into the time is left out and named.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from engines.faces.gallery import ann
from engines.faces.vectors import Vectors, unit

EACH = 5
NOISE = 0.75
DECAY = 0.3
THREADS = 2
GROWTH = 13.0
"""How much longer a graph of ten times as many vectors takes."""


@dataclass(slots=True)
class Built:
    """One method, ready to be asked. search: one vector (dim) -> row of the nearest. megabytes: beyond the vectors."""

    name: str
    search: Callable[[Vectors], int]
    seconds: float
    megabytes: float


Maker = Callable[[Vectors], Built]


def main(
    largest: Annotated[float, typer.Option(help="Most vectors; 1e6 takes some ten minutes.", min=1e3)] = 1e5,
    queries: Annotated[int, typer.Option(help="Queries a size.", min=2)] = 200,
    dims: Annotated[str, typer.Option(help="Lengths of the vectors, with commas.")] = "128,512",
    seconds: Annotated[float, typer.Option(help="Time for the other libraries' graphs.")] = 40.0,
) -> dict[str, Any]:
    """Milliseconds a query (p50, p95), recall@1, seconds to build and megabytes, by size and method."""
    rows: list[dict[str, Any]] = []
    sizes = [count for count in (1_000, 10_000, 100_000, 1_000_000) if count <= largest]
    left, rates = seconds, dict[str, float]()
    for dim in (int(word) for word in dims.split(",")):
        rates.clear()
        for count in sizes:
            spent = _measure(rows, count, dim, queries, left, rates)
            left -= spent
    return {"versions": _versions(), "gallery": rows, "targets": _targets(rows)}


def _measure(
    rows: list[dict[str, Any]], count: int, dim: int, queries: int, left: float, rates: dict[str, float]
) -> float:
    """Add the lines of one size; the seconds that the others' graphs took."""
    vectors, probes = faces(count, dim, queries)
    truth = ann.Exact(vectors).search(probes, 1)[0][:, 0]
    built, spent = [_ours(vectors), _numpy(vectors)], 0.0
    for name, make, graph in _peers():
        expected = rates.get(name, 0.0) * GROWTH
        if graph and expected > left - spent:
            rates[name] = expected
            rows.append(_line(count, dim, name) | {"note": f"left out: about {expected:.0f} s to build (--seconds)"})
            continue
        built.append(make(vectors))
        if graph:
            rates[name] = built[-1].seconds
            spent += built[-1].seconds
    times = np.zeros((len(built), queries))
    found = np.zeros((len(built), queries), np.intp)
    for number, probe in enumerate(probes):
        for place, method in enumerate(built):
            started = perf_counter()
            found[place, number] = method.search(probe)
            times[place, number] = perf_counter() - started
    for method, took, hits in zip(built, times * 1e3, found, strict=True):
        figures = {
            "p50_ms": float(np.median(took)),
            "p95_ms": float(np.quantile(took, 0.95)),
            "recall_at_1": float((hits == truth).mean()),
            "recall_known": float((hits == truth)[: queries // 2].mean()),
            "build_s": method.seconds,
            "extra_MB": method.megabytes,
        }
        rows.append(_line(count, dim, method.name) | figures | {"note": ""})
    return spent


def _line(count: int, dim: int, method: str) -> dict[str, Any]:
    return {"vectors": count, "dim": dim, "method": method}


def faces(count: int, dim: int, queries: int, seed: int = 0) -> tuple[Vectors, Vectors]:
    """count x dim and queries x dim: the first half of the queries are people who are there."""
    rng = np.random.default_rng(seed)
    spread = (np.arange(1, dim + 1, dtype=np.float32) ** -DECAY).astype(np.float32)
    people = -(-count // EACH) + queries
    centres = unit(rng.standard_normal((people, dim), dtype=np.float32) * spread)
    vectors = _shaken(centres[np.arange(count) // EACH], spread, rng)
    known = rng.integers(0, -(-count // EACH), queries // 2)
    strangers = np.arange(people - (queries - len(known)), people)
    return vectors, _shaken(centres[np.concatenate([known, strangers])], spread, rng)


def _shaken(centres: Vectors, spread: NDArray[np.float32], rng: np.random.Generator) -> Vectors:
    for start in range(0, len(centres), 50_000):
        part = slice(start, start + 50_000)
        noise = unit(rng.standard_normal(centres[part].shape, dtype=np.float32) * spread)
        centres[part] = unit(centres[part] + np.float32(NOISE) * noise)
    return centres


def _ours(vectors: Vectors) -> Built:
    started = perf_counter()
    found = ann.nearest_of(vectors)
    seconds = perf_counter() - started
    graph = isinstance(found, ann.Approximate)
    more = found.graph.memory_usage / 1e6 if isinstance(found, ann.Approximate) else 0.0
    name = "ours, graph and exact cosines" if graph else "ours, exact"
    return Built(name, lambda probe: int(found.search(probe[None], 1)[0][0, 0]), seconds, more)


def _numpy(vectors: Vectors) -> Built:
    return Built("numpy, product and argmax", lambda probe: int(np.argmax(vectors @ probe)), 0.0, 0.0)


def _peers() -> list[tuple[str, Maker, bool]]:
    """(name, maker, whether it is a graph) of what is installed."""
    peers: list[tuple[str, Maker, bool]] = []
    if _module("faiss"):
        peers += [("FAISS, flat", _faiss_flat, False), ("FAISS, HNSW 32", _faiss_hnsw, True)]
    if _module("usearch"):
        peers.append(("usearch, as it comes", _usearch, True))
    return peers


def _faiss_flat(vectors: Vectors) -> Built:
    faiss = _module("faiss")
    faiss.omp_set_num_threads(THREADS)
    started = perf_counter()
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return Built(
        "FAISS, flat",
        lambda probe: int(index.search(probe[None], 1)[1][0, 0]),
        perf_counter() - started,
        vectors.nbytes / 1e6,
    )


def _faiss_hnsw(vectors: Vectors) -> Built:
    faiss = _module("faiss")
    faiss.omp_set_num_threads(THREADS)
    started = perf_counter()
    index = faiss.IndexHNSWFlat(vectors.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction, index.hnsw.efSearch = 128, 128
    index.add(vectors)
    seconds = perf_counter() - started
    size = len(faiss.serialize_index(index)) / 1e6
    return Built("FAISS, HNSW 32", lambda probe: int(index.search(probe[None], 1)[1][0, 0]), seconds, size)


def _usearch(vectors: Vectors) -> Built:
    module: Any = _module("usearch.index")
    started = perf_counter()
    index = module.Index(ndim=vectors.shape[1], metric="ip")
    index.add(np.arange(len(vectors)), vectors, threads=THREADS)
    seconds = perf_counter() - started
    size = index.memory_usage / 1e6
    return Built("usearch, as it comes", lambda probe: int(index.search(probe, 1, threads=1).keys[0]), seconds, size)


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _versions() -> dict[str, str]:
    known = {name: _module(name) for name in ("numpy", "faiss", "usearch")}
    return {name: getattr(module, "__version__", "not installed (make peers)") for name, module in known.items()}


def _targets(rows: list[dict[str, Any]]) -> dict[str, str]:
    """What is asked of 100,000 vectors."""
    told = {}
    for row in rows:
        if row["vectors"] == 100_000 and row["method"].startswith("ours"):
            met = row["p50_ms"] <= 2 and row["recall_at_1"] >= 0.99
            figures = f"{row['p50_ms']:.2f} ms at recall {row['recall_at_1']:.3f}"
            told[f"100000 x {row['dim']}, at most 2 ms at .99"] = ("met: " if met else "missed: ") + figures
    return told
