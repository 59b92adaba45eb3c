"""Families of operators: the few groups that colours and legends tell apart, each with its word."""

from __future__ import annotations

from enum import StrEnum

from engines.core.words import tr
from engines.inspection.types import Kind


class Family(StrEnum):
    """In the order of the legend; the values are the words."""

    CONVOLUTION = tr("convolution")
    LINEAR = tr("linear")
    ATTENTION = tr("attention")
    NORM = tr("normalisation")
    ACTIVATION = tr("activation")
    POOLING = tr("pooling")
    ARITHMETIC = tr("arithmetic")
    RECURRENT = tr("recurrent")
    SHAPE = tr("shape")
    """Moves or selects elements, or gives constants."""
    MODULE = tr("module")
    EDGE = tr("input or output")
    UNKNOWN = tr("unknown")


BY_KIND = {
    Kind.CONV: Family.CONVOLUTION,
    Kind.LINEAR: Family.LINEAR,
    Kind.MATMUL: Family.LINEAR,
    Kind.EMBEDDING: Family.LINEAR,
    Kind.ATTENTION: Family.ATTENTION,
    Kind.SOFTMAX: Family.ATTENTION,
    Kind.NORM: Family.NORM,
    Kind.ACTIVATION: Family.ACTIVATION,
    Kind.POOL: Family.POOLING,
    Kind.ADAPTIVE_POOL: Family.POOLING,
    Kind.REDUCE: Family.POOLING,
    Kind.RESIZE: Family.POOLING,
    Kind.ADD: Family.ARITHMETIC,
    Kind.ARITHMETIC: Family.ARITHMETIC,
    Kind.RECURRENT: Family.RECURRENT,
    Kind.UNKNOWN: Family.UNKNOWN,
}


def family(kind: Kind) -> Family:
    """The family of a node."""
    return BY_KIND.get(kind, Family.SHAPE)
