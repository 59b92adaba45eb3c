"""LiteRT files without the outputs that nobody reads, nor what computes them alone: the rest gives the same bits.

`python -m engines.core.networks.lean_litert NETWORK.tflite INDICES LEAN.tflite` keeps the outputs at these places
(0,1,4).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from engines.core.store.preparing import file_hash, keep, prepared

VERSION = 1
"""Of what `without` does."""
MODULE = "engines.core.networks.lean_litert"


def lean(path: Path, outputs: tuple[int, ...]) -> Path:
    """The kept file that gives these outputs alone, in their order; made by another process the first time.

    Raises `WorkFailed` when it cannot be made; the whole file gives the same numbers then.
    """
    wanted = ",".join(map(str, outputs))
    name = f"{file_hash(path)[:32]}-{wanted.replace(',', '.')}-{VERSION}.tflite"
    return prepared(name, MODULE, (path, wanted))


def without(content: bytes, outputs: tuple[int, ...]) -> bytes:
    """A model of one graph, given and taken as bytes."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    graph = model.subgraphs[0]
    graph.outputs = np.asarray([graph.outputs[index] for index in outputs], np.int32)
    needed, steps = set(graph.outputs.tolist()), []
    for step in reversed(graph.operators):
        if needed & set(step.outputs.tolist()):
            steps.append(step)
            needed |= {index for index in step.inputs.tolist() if index >= 0}
    graph.operators = steps[::-1]
    model.signatureDefs, model.metadata = [], None
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


if __name__ == "__main__":
    source, places, target = sys.argv[1:]
    keep(Path(target), without(Path(source).read_bytes(), tuple(map(int, places.split(",")))))
