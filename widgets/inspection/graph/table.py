"""The columns of the table of a graph's nodes."""

from __future__ import annotations

from engines.core.words import tr
from widgets.inspection.graph.words import ms_text, op_text, share_text
from widgets.inspection.rows_table import Column, RowsTable
from widgets.inspection.words import amount, bytes_text, close_shape

SHARE = 76
COLUMNS = (
    Column(
        tr("Name"),
        tr("The layer's name everywhere in the Inspector"),
        158,
        lambda row: row.name,
        lambda row: row.name.lower(),
        figure=False,
    ),
    Column(
        tr("Operator"),
        tr("What it does"),
        104,
        lambda row: op_text(row.op),
        lambda row: op_text(row.op).lower(),
        figure=False,
    ),
    Column(tr("Time"), tr("On this machine, once measured"), 88, lambda row: ms_text(row.ms), lambda row: row.ms),
    Column(
        "%", tr("Share of the time of all"), SHARE, lambda row: share_text(row.shares[3]), lambda row: row.shares[3]
    ),
    Column(
        tr("Mult-adds"), tr("Multiply-adds"), 76, lambda row: amount(row.multiply_adds), lambda row: row.multiply_adds
    ),
    Column(
        "%", tr("Share of all multiply-adds"), SHARE, lambda row: share_text(row.shares[1]), lambda row: row.shares[1]
    ),
    Column(
        tr("Params"),
        tr("Parameters, shared ones at their first reader"),
        76,
        lambda row: amount(row.parameters),
        lambda row: row.parameters,
    ),
    Column("%", tr("Share of all parameters"), SHARE, lambda row: share_text(row.shares[0]), lambda row: row.shares[0]),
    Column(tr("Memory"), tr("Of its outputs"), 80, lambda row: bytes_text(row.bytes), lambda row: row.bytes),
    Column(
        "%",
        tr("Share of the memory of all outputs"),
        SHARE,
        lambda row: share_text(row.shares[2]),
        lambda row: row.shares[2],
    ),
    Column(
        tr("Output"),
        tr("Shape of its first output"),
        136,
        lambda row: close_shape(row.shape),
        lambda row: row.shape,
        figure=False,
    ),
    Column(
        tr("Type"), tr("Numbers of its first output"), 78, lambda row: row.dtype, lambda row: row.dtype, figure=False
    ),
)


def nodes_table() -> RowsTable:
    """Of `NodeRow`s."""
    return RowsTable(
        tr("Layers"), tr("Click a heading to sort; a row selects its box, Enter shows it in the graph"), COLUMNS
    )
