"""A layer's output as channels of maps, whatever its axes: what statistics and pictures of it are taken from."""

from __future__ import annotations

import math

import torch

from engines.inspection.types import Format, Graph, Kind, ModelSheet, Node

MODERATE = 7
"""Least side of a map that is worth looking at."""


def as_maps(data: torch.Tensor, sheet: ModelSheet, node: Node) -> torch.Tensor:
    """(channels, rows, columns) as float32. A vector is (n, 1, 1); tokens are a row; several samples follow one
    another."""
    data = data.detach().float()
    if data.ndim <= 2:
        return data.reshape(-1, 1, 1)
    if data.ndim == 3:
        return data.flatten(0, 1).T[:, None]
    if channel_axis(sheet, node) != 1:
        data = data.movedim(-1, 1)
    return data.flatten(0, 1) if data.ndim == 4 else data.flatten(0, 1).flatten(1, -2)


def channel_axis(sheet: ModelSheet, node: Node) -> int:
    """Where channels are in an output with spatial axes."""
    last = sheet.format is Format.TFLITE
    return int(node.attributes.get("channel", -1 if last else 1))


def usual_layer(sheet: ModelSheet, graph: Graph) -> str:
    """The last convolution whose map is of a moderate size, else the last with a map, else the last node."""
    maps = [node for node in graph.nodes if node.kind is Kind.CONV and len(graph.shape(node.output) or ()) == 4]
    fine = [node for node in maps if _least_side(sheet, graph, node) >= MODERATE]
    return (fine or maps or list(graph.nodes))[-1].name


def _least_side(sheet: ModelSheet, graph: Graph, node: Node) -> float:
    shape = graph.shape(node.output) or ()
    channel = channel_axis(sheet, node) % 4
    return min((math.inf if size < 0 else size for axis, size in enumerate(shape) if axis not in (0, channel)))
