"""A trained head as an ONNX file with its card, which `open_recogniser` opens like any other recogniser.

The small network takes aligned pictures; a projection takes the vectors of the recogniser that it was trained on and
says so on its card ("of"), with that one's hash. A card never names a person.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from engines.core.errors import KinoscopeError
from engines.core.files import atomic_path, write_json
from engines.core.locks import only_writer
from engines.core.outputs import check_file, holding
from engines.core.reading import read_json
from engines.core.store.preparing import file_hash
from engines.core.words import tr
from engines.faces.recognition.align import SIDE
from engines.faces.training.networks import SmallFace

OPSET = 17
IR = 8
US = "Kinoscope"
NETWORK = holding(tr("a recogniser that was trained here"), US.encode())
CARD = holding(tr("the card of a recogniser"), b'"sha256"', b'"dim"')


def projection(weight: NDArray[np.float32], of: str, sha256: str) -> bytes:
    """Vectors (n x wide) times weight (dim x wide), to length 1. of, sha256: the recogniser that gives the vectors."""
    dim, wide = weight.shape
    nodes = [
        helper.make_node("MatMul", ["embedding", "weight"], ["projected"]),
        helper.make_node("LpNormalization", ["projected"], ["vector"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "head",
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", wide])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", dim])],
        [numpy_helper.from_array(np.ascontiguousarray(weight.T, np.float32), "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR, producer_name=US)
    helper.set_model_props(model, {"of": of, "of_sha256": sha256})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


class _Unit(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(self.inner(x), dim=1)


def whole(network: SmallFace) -> bytes:
    """The small network: n x 3 x 112 x 112 in, n x dim of length 1 out."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Unit(network).eval(),
            (torch.zeros(2, 3, SIDE, SIDE),),
            cast(Any, file),
            dynamo=False,
            input_names=["image"],
            output_names=["vector"],
            dynamic_axes={"image": {0: "n"}, "vector": {0: "n"}},
            opset_version=OPSET,
        )
    made = onnx.load_from_string(file.getvalue())
    made.producer_name = US
    return bytes(made.SerializeToString())


@contextmanager
def place(path: Path) -> Iterator[None]:
    """A recogniser's two files for this training alone.

    Raises `BadInput` where nothing can be written, where another training writes them (it says which), and where other
    files have their names.
    """
    with only_writer(path, "recogniser"):
        check_place(path)
        yield


def check_place(path: Path) -> None:
    """Raises `BadInput` where other files have the names of a recogniser and its card.

    Those of before, which do not say who made them, are known by their hash on the card.
    """
    card = check_file(path.with_suffix(".json"), CARD)
    if not path.is_file() or _said_hash(card) != file_hash(path):
        check_file(path, NETWORK)


def _said_hash(card: Path) -> str:
    try:
        return str(read_json(card)["sha256"])
    except (KinoscopeError, KeyError, TypeError):
        return ""


def write(path: Path, network: bytes, card: dict[str, Any]) -> Path:
    """The network and its card (given its hash), each whole or not at all; the network's path."""
    check_place(path)
    with atomic_path(path) as part:
        part.write_bytes(network)
        write_json(path.with_suffix(".json"), card | {"sha256": hashlib.sha256(network).hexdigest()})
    return path
