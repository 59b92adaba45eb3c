"""Drawings and tables in files: well-formed, whole, and never over what somebody else wrote."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engines.core.errors import BadInput
from engines.inspection.layout.files import csv_text, save_csv, save_svg, svg
from engines.inspection.layout.folding import Folded, fold
from engines.inspection.layout.layers import Placed, place
from engines.inspection.layout.table import COLUMNS, node_rows
from engines.inspection.shapes import shape_text
from engines.inspection.types import Graph
from tests.engines.inspection.layout.graphs import chain, counts_of, graph_of

NAMES = "{http://www.w3.org/2000/svg}"


def laid_out(graph: Graph) -> tuple[Folded, Placed]:
    folded = fold(graph, counts_of(graph))
    return folded, place(len(folded.boxes), [(edge.source, edge.target) for edge in folded.edges])


def test_a_drawing_has_a_box_for_each_box_and_a_line_for_each_edge_whatever_their_names() -> None:
    graph = graph_of([('<a&"\x07\ud800>', "", "x"), ("b\u4e2d'", "", '<a&"\x07\ud800>')])
    folded, placed = laid_out(graph)
    root = ElementTree.fromstring(svg(folded, placed, "A <model> & more", {folded.boxes[1].key: "#123456"}).encode())
    assert sum(group.get("class") == "box" for group in root.iter(f"{NAMES}g")) == len(folded.boxes) == 4
    assert len(list(root.iter(f"{NAMES}polyline"))) == len(folded.edges) == 3
    assert any("#123456" in rect.attrib.values() for rect in root.iter(f"{NAMES}rect"))
    assert '<a&"' in "".join(root.itertext())


def test_the_table_gives_figures_and_shares_that_add_up(tmp_path: Path) -> None:
    graph = chain(30)
    rows = list(csv.DictReader(csv_text(node_rows(graph, counts_of(graph))).splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert [int(row["parameters"]) for row in rows] == list(range(30))
    assert rows[4]["multiply-adds"] == rows[4]["share of multiply-adds"] == ""
    assert rows[3]["output shape"] == "1x8x4x4"
    for column in COLUMNS[-4:]:
        assert sum(float(row[column] or 0) for row in rows) == pytest.approx(1)
    save_csv(tmp_path / "t.csv", node_rows(graph))
    save_csv(tmp_path / "t.csv", node_rows(graph, counts_of(graph)))
    assert (tmp_path / "t.csv").read_text().startswith("name,operator")


def test_what_somebody_else_wrote_is_left_alone(tmp_path: Path) -> None:
    folded, placed = laid_out(replace(chain(5)))
    other = tmp_path / "drawing.svg"
    other.write_bytes(b"\x00 not a drawing")
    with pytest.raises(BadInput, match="already"):
        save_svg(other, folded, placed, "m")
    assert other.read_bytes() == b"\x00 not a drawing"
    save_svg(tmp_path / "new.svg", folded, placed, "m")
    assert ElementTree.parse(tmp_path / "new.svg").getroot().tag == f"{NAMES}svg"


def test_shapes_in_words() -> None:
    said = [shape_text(shape, " \u00d7 ", "scalar") for shape in (None, (), (1, -1, 3))]
    assert said == ["", "scalar", "1 \u00d7 ? \u00d7 3"]
