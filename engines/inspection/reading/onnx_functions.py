"""Local functions of an ONNX model written out where they are called, if they end and stay within bounds."""

from __future__ import annotations

from typing import Any

import onnx
import onnx.inliner

from engines.core.words import tr

MOST = 200_000
"""Nodes after writing out. A few functions that call one another can stand for billions."""


def written_out(proto: Any) -> tuple[list[Any], str]:
    """Nodes of the main graph without calls of local functions, and "" or why they stay as they are."""
    nodes = list(proto.graph.node)
    if not proto.functions:
        return nodes, ""
    bodies = {(one.domain, one.name, one.overload): one.node for one in proto.functions}
    if not 0 <= _size(nodes, bodies) <= MOST:
        return nodes, tr(
            "Functions of this model call themselves or stand for more than {most} nodes: drawn as they are", most=MOST
        )
    light = onnx.ModelProto(ir_version=proto.ir_version, opset_import=proto.opset_import, functions=proto.functions)
    light.graph.name = "light"
    light.graph.node.extend(nodes)
    light.graph.input.extend(proto.graph.input)
    light.graph.output.extend(proto.graph.output)
    for one in proto.graph.initializer:
        light.graph.input.append(onnx.helper.make_tensor_value_info(one.name, one.data_type, list(one.dims)))
    try:
        return list(onnx.inliner.inline_local_functions(light).graph.node), ""
    except Exception:
        return nodes, tr("Functions of this model cannot be written out: drawn as they are")


def _size(nodes: Any, bodies: dict[tuple[str, str, str], Any]) -> int:
    """Nodes after writing out; -1 where a function calls itself."""
    sizes: dict[tuple[str, str, str], int] = {}
    open_now: set[tuple[str, str, str]] = set()

    def of(body: Any) -> int:
        total = 0
        for node in body:
            key = (node.domain, node.op_type, node.overload)
            each = called(key) if key in bodies else 1
            inner = [graph.node for one in node.attribute for graph in (one.g, *one.graphs)]
            parts = [each, *map(of, inner)]
            if -1 in parts:
                return -1
            total += sum(parts)
        return total

    def called(key: tuple[str, str, str]) -> int:
        if key in open_now:
            return -1
        if key not in sizes:
            open_now.add(key)
            sizes[key] = of(bodies[key])
            open_now.discard(key)
        return sizes[key]

    return of(nodes)
