"""The list of operators that are run: nothing that reads or writes files, other state or foreign memory."""

import pytest
import torch

from engines.core.errors import BadInput
from engines.inspection.opening.model import Model
from engines.inspection.reading.aten.kinds import ALLOWED, allowed
from engines.inspection.reading.references import Named, Ref
from engines.inspection.running.aten import operator, runnable
from engines.inspection.types import Format, Kind, ModelSheet, Node

MODEL = Model(ModelSheet("", "m", Format.EXPORTED, 0))


def node(target: str, *args: object, **kwargs: object) -> Node:
    return Node(
        "here", Kind.UNKNOWN, target, (), ("out",), call={"target": target, "args": list(args), "kwargs": kwargs}
    )


@pytest.mark.parametrize(
    "target",
    [
        "aten.from_file.default", "aten.set_.source_Storage", "aten.resize_.default", "aten.as_strided.default",
        "aten.add.out", "aten._cudnn_init_dropout_state.default", "aten.record_stream.default", "aten.save.default",
        "aten.native_batch_norm.out", "prims.add.default", "higher_order.cond", "aten.__class__.default",
        "aten.conv2d.__init__", "_operator.attrgetter", "torch.load", "math.nothing", "os.system", "aten..default",
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_is_refused_by_name(target):
    assert runnable(target) is None
    with pytest.raises(BadInput, match="'here'"):
        operator(node(target), MODEL)


def test_operators_of_the_list_write_into_nothing_but_their_first_input():
    for name in ALLOWED:
        packet = getattr(torch.ops.aten, name, None)
        for kind in packet.overloads() if packet else ():
            if allowed(f"aten.{name}.{kind}"):
                assert not getattr(packet, kind)._schema.is_mutable, f"{name}.{kind}"


def test_arguments_are_put_in_their_places_and_everything_is_dense_on_the_cpu_and_wide():
    run = operator(node("aten.cat.default", [Ref(1), Ref(0)], 0), MODEL)
    assert run(torch.zeros(1), torch.ones(2)).tolist() == [1, 1, 0]
    made = operator(
        node("aten.full.default", [2], 3, dtype=Named("dtype", "bfloat16"), device=Named("device", "cuda:0")), MODEL
    )()
    assert (made.dtype, made.device.type, made.tolist()) == (torch.float32, "cpu", [3, 3])
    assert operator(node("_operator.mul", Ref(0), 8), MODEL)(6) == 48
