"""A layer's output as channels of maps, whatever its axes: what statistics and pictures of it are taken from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from engines.inspection.attention.tokens import Tokens, tokens_of
from engines.inspection.types import Format, Graph, Kind, ModelSheet, Node

WITH_MAPS = (Kind.CONV, Kind.POOL, Kind.ADAPTIVE_POOL, Kind.RESIZE, Kind.SPACE_DEPTH)
MODERATE = 7
"""Least side of a map that is worth looking at."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where channels and maps are in a layer's output. tokens: where they lie on the picture, None if
    that is not known."""

    channel: int
    tokens: Tokens | None = None

    def maps(self, data: torch.Tensor) -> torch.Tensor:
        """(channels, rows, columns) as float32. A vector is (n, 1, 1); several samples follow one another; tokens lie
        as they do on the picture, without those before them, else in a row."""
        data = data.detach().float()
        if data.ndim <= 2:
            return data.reshape(-1, 1, 1)
        if data.ndim == 3:
            data = data.transpose(0, 1) if data.shape[1] == 1 else data
            return self._of_tokens(data.transpose(1, 2).flatten(0, 1))
        if self.channel != 1:
            data = data.movedim(self.channel, 1)
        return data.flatten(0, 1) if data.ndim == 4 else data.flatten(0, 1).flatten(1, -2)

    def _of_tokens(self, data: torch.Tensor) -> torch.Tensor:
        """(channels, N)."""
        tokens = self.tokens
        if tokens is None or tokens.extra + tokens.rows * tokens.columns != data.shape[1]:
            return data[:, None]
        return data[:, tokens.extra :].reshape(-1, tokens.rows, tokens.columns)


def layout_of(sheet: ModelSheet, graph: Graph, node: Node) -> Layout:
    """By the format and by the map that tokens were made of."""
    shape = graph.shape(node.output) or ()
    count = max(shape[:2]) if len(shape) == 3 and (shape[0] == 1 or shape[1] == 1) else 1
    tokens = tokens_of(graph, node, count) if count > 1 else None
    return Layout(channel_axis(sheet, graph, node), tokens if tokens and tokens.known else None)


def channel_axis(sheet: ModelSheet, graph: Graph, node: Node) -> int:
    """Where channels are in an output: as the nearest node before it says that knows, through what turns axes round;
    else second, or last in TFLite and of tokens."""
    makers = graph.makers()
    rank = len(graph.shape(node.output) or ())
    usual = rank - 1 if sheet.format is Format.TFLITE or rank == 3 else min(1, rank - 1)
    if rank < 4:
        return usual
    turns: list[Sequence[int]] = []
    known = _known(node, rank)
    here: Node | None = node
    while known is None and here is not None:
        if here.kind is Kind.TRANSPOSE:
            turns.append(here.attributes["order"])
        same = (name for name in here.inputs if name in makers and len(graph.shape(name) or ()) == rank)
        here = makers.get(next(same, ""))
        known = None if here is None else _known(here, rank)
    known = usual if known is None else known
    for order in reversed(turns):
        known = list(order).index(known)
    return known


def _known(node: Node, rank: int) -> int | None:
    """What a node with spatial axes says of the others: one is that of samples, the other that of channels."""
    if "channel" in node.attributes:
        return int(node.attributes["channel"])
    axes = node.attributes.get("axes", ()) if node.kind in WITH_MAPS else ()
    others = [axis for axis in range(1, rank) if axis not in axes]
    return others[0] if axes and len(others) == 1 else None


def usual_layer(sheet: ModelSheet, graph: Graph) -> str:
    """The last convolution whose map is of a moderate size, else the last with a map, else the last node."""
    maps = [node for node in graph.nodes if node.kind is Kind.CONV and len(graph.shape(node.output) or ()) == 4]
    fine = [node for node in maps if _least_side(sheet, graph, node) >= MODERATE]
    return (fine or maps or list(graph.nodes))[-1].name


def _least_side(sheet: ModelSheet, graph: Graph, node: Node) -> float:
    shape = graph.shape(node.output) or ()
    channel = channel_axis(sheet, graph, node)
    return min((math.inf if size < 0 else size for axis, size in enumerate(shape) if axis not in (0, channel)))
