"""The inspector beside the usual tools: opening, counting, layout, exact fields, and a live look.

Ways take turns in one run; each figure is the median of its turns. Of files of two gigabytes it is measured that their
tensors are not read. Models that were not fetched are left out and named.
"""

from __future__ import annotations

import importlib
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any

import numpy as np
import torch
import typer

from engines.core.context import PlainContext
from engines.core.errors import KinoscopeError
from engines.core.frames import Frame, Stamp
from engines.inspection import count, open_model, receptive_field
from engines.inspection.layout.layers import place
from engines.inspection.live import Look
from engines.inspection.looks import LookSpec
from engines.inspection.reading.modules import from_module
from workbench.benchmarks.attention_rows import Turns, interleaved
from workbench.benchmarks.inspect_networks import ResNet50

NAMES = ("yunet", "sface", "efficientnet-lite0", "face-landmarks", "pose-landmarks")
SHAPE = (1, 3, 224, 224)
LARGE = 2 << 30


def main(
    rounds: Annotated[int, typer.Option(help="Turns of each way.", min=3)] = 9,
    frames: Annotated[int, typer.Option(help="Frames of the live look.", min=5)] = 60,
) -> dict[str, Any]:
    """Milliseconds by what is done, and how many times faster than the peer that did it in the same run."""
    turns = Turns(rounds=rounds, seconds=20.0)
    return {
        "opening": _opening(turns),
        "large_files": _large_files(),
        "layout": _layouts(),
        "fields": _fields(turns),
        "counting": _counting(turns),
        "live": [_live(frames, threads) for threads in (1, 2)],
    }


def _beside(about: dict[str, Any], ways: Mapping[str, Callable[[], object]], turns: Turns) -> dict[str, Any]:
    """A row: the median of each way in milliseconds."""
    spent = interleaved(ways, turns)
    return about | {f"{name}_ms": 1e3 * median(each) for name, each in spent.items()}


def _opening(turns: Turns) -> list[dict[str, Any]]:
    """Ours opens and counts; onnx's own loader reads the file and infers shapes, the least that a graph needs."""
    rows = []
    for name in NAMES:
        try:
            sheet = open_model(name).sheet
        except KinoscopeError as error:
            rows.append({"model": name, "left_out": str(error)})
            continue
        about = {"model": name, "format": str(sheet.format), "megabytes": sheet.bytes / 1e6}
        ways: dict[str, Callable[[], object]] = {"ours": lambda name=name: count(open_model(name).graph)}
        if sheet.path.endswith(".onnx"):
            ways["onnx"] = lambda path=sheet.path: _onnx(path)
        rows.append(_beside(about, ways, turns))
    return rows


def _onnx(path: str) -> object:
    import onnx

    return onnx.shape_inference.infer_shapes(onnx.load(path))


def _large_files() -> list[dict[str, Any]]:
    """Two gigabytes each, opened once."""
    with TemporaryDirectory() as folder:
        return [_large(write(Path(folder) / "large")) for write in (_safetensors, _state_dict)]


def _large(path: Path) -> dict[str, Any]:
    began = perf_counter()
    sheet = open_model(path).sheet
    seconds = perf_counter() - began
    return {
        "format": str(sheet.format),
        "gigabytes": path.stat().st_size / 1e9,
        "tensors": len(sheet.tensors),
        "seconds": seconds,
    }


def _safetensors(path: Path) -> Path:
    """500 tensors of 2^20 floats."""
    each, size = 1 << 22, LARGE >> 22
    table = {
        f"layers.{at}.weight": {"dtype": "F32", "shape": [1024, 1024], "data_offsets": [at * each, (at + 1) * each]}
        for at in range(size)
    }
    head = json.dumps(table).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        file.truncate(8 + len(head) + size * each)
    return path


def _state_dict(path: Path) -> Path:
    """The same in PyTorch's zip, once other files are gone."""
    path.unlink()
    torch.save({f"layers.{at}.weight": torch.zeros(1024, 1024) for at in range(LARGE >> 22)}, path)
    return path


def _layouts() -> list[dict[str, Any]]:
    """Chains with skips, as networks are. networkx puts each layer into a row in the order it finds: no crossing is
    taken out and no line is drawn."""
    import networkx

    rows = []
    for size in (1_000, 10_000):
        edges = _chain(size)
        drawing = networkx.DiGraph(edges)

        def layered(drawing: Any = drawing) -> object:
            ranks = {node: rank for rank, row in enumerate(networkx.topological_generations(drawing)) for node in row}
            networkx.set_node_attributes(drawing, ranks, "subset")
            return networkx.multipartite_layout(drawing)

        ways = {"ours": lambda size=size, edges=edges: place(size, edges), "networkx": layered}
        rows.append(_beside({"nodes": size, "edges": len(edges)}, ways, Turns(rounds=3, least=2, seconds=20.0)))
    return rows


def _chain(size: int, seed: int = 0) -> list[tuple[int, int]]:
    """Blocks of five nodes with a skip around each, and a few longer ones."""
    rng = np.random.default_rng(seed)
    chain = [(at, at + 1) for at in range(size - 1)]
    skips = [(at, at + 5) for at in range(0, size - 5, 5)]
    starts = rng.integers(0, size - 60, size // 50)
    return chain + skips + [(int(at), int(at + rng.integers(10, 60))) for at in starts]


def _fields(turns: Turns) -> list[dict[str, Any]]:
    """All layers of ResNet-50, exact; the gradient's support of one unit of the last map is what else there is."""
    rows = []
    for side in (224, 1024):
        shape = (1, 3, side, side)
        graph = from_module(ResNet50(), torch.zeros(shape)).graph
        about = {"network": "ResNet-50", "input": f"{side}x{side}", "layers": len(receptive_field(graph))}
        rows.append(_beside(about, {"ours": lambda graph=graph: receptive_field(graph)}, turns))
    return rows


def _counting(turns: Turns) -> dict[str, Any]:
    network, x = ResNet50().eval(), torch.zeros(SHAPE)
    counts = count(from_module(network, x).graph)
    about = {
        "network": "ResNet-50",
        "parameters": counts.parameters_shared_once,
        "torch_parameters": sum(each.numel() for each in network.parameters()),
        "multiply_adds": counts.multiply_adds,
    }
    ways: dict[str, Callable[[], object]] = {"ours": lambda: count(from_module(network, x).graph)}
    with suppress(ImportError):
        summary = importlib.import_module("torchinfo").summary
        told = summary(network, input_data=x, verbose=0)
        about |= {"torchinfo_parameters": told.total_params, "torchinfo_multiply_adds": told.total_mult_adds}
        ways["torchinfo"] = lambda: summary(network, input_data=x, verbose=0)
    return _beside(about, ways, turns)


def _live(frames: int, threads: int) -> dict[str, Any]:
    """EfficientNet-Lite0 on frames of 640 x 480, its last map of a block, statistics and 64 maps made."""
    rng, engine = np.random.default_rng(0), Look()
    try:
        engine.open(LookSpec("efficientnet-lite0", threads=threads), PlainContext())
    except KinoscopeError as error:
        return {"threads": threads, "left_out": str(error)}
    film = [rng.integers(0, 255, (480, 640, 3), np.uint8) for _ in range(4)]
    spent = []
    with _threads(threads):
        for index in range(frames + 3):
            began = perf_counter()
            engine.process([Frame(film[index % 4], Stamp("bench", index, began, index / 30))])
            spent.append(perf_counter() - began)
    engine.close()
    taken = sorted(spent[3:])
    return {"threads": threads, "frames_per_second": 1 / median(taken), "ms_p95": 1e3 * taken[int(0.95 * len(taken))]}


@contextmanager
def _threads(number: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
