"""Specs go to JSON and back unchanged, and what does not fit is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.calibration.types import FinderSettings, MonoSpec
from engines.cameras.types import (
    FileSource,
    FolderSource,
    SceneSource,
    Source,
    StreamSource,
    TiledSource,
    UsbSource,
)
from engines.core.boards import Board
from engines.core.errors import BadInput
from engines.core.spec import from_json, resolve, spec_type, to_json
from engines.core.store.fetching import FetchSpec

CHARUCO = Board.parse("charuco:5x4:54mm:40.5mm:DICT_4X4_1000:inverted")
TEXT = st.text(max_size=20)
SIMPLE = st.one_of(
    st.builds(UsbSource, address=TEXT, name=TEXT, width=st.integers(0, 4096), fps=st.floats(0, 240)),
    st.builds(FileSource, path=TEXT, loop=st.booleans(), speed=st.floats(0.1, 8)),
    st.builds(FolderSource, path=TEXT, pattern=TEXT, fps=st.floats(0.1, 60)),
    st.builds(StreamSource, url=TEXT, timeout=st.floats(0.1, 60)),
    st.builds(SceneSource, cameras=st.sampled_from([1, 2, 4]), board=st.just(CHARUCO), noise=st.floats(0, 9)),
)
SOURCES = st.one_of(SIMPLE, st.builds(TiledSource, of=SIMPLE, rows=st.integers(1, 4), tiles=st.tuples(TEXT, TEXT)))


def _through_json(kind: Any, value: object) -> object:
    return from_json(kind, json.loads(json.dumps(to_json(value))))


@given(SOURCES)
def test_a_source_comes_back_as_the_same_kind_and_value(source: Source) -> None:
    assert _through_json(Source, source) == source


@pytest.mark.parametrize(
    "spec",
    [
        MonoSpec(("a b/ü.png", "c"), CHARUCO, "rational8", True, "7", ("c",), "out.yaml", False),
        FinderSettings(Board.parse("chessboard:9x6:25mm"), capture="auto"),
        FetchSpec(("yunet",), again=True),
    ],
)
def test_a_spec_comes_back_unchanged(spec: object) -> None:
    assert _through_json(type(spec), spec) == spec


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"images": ["a"], "board": {"kind": "chessboard", "columns": 9, "rows": 6}}, "board.square"),
        ({"images": ["a"]}, "board: field required"),
        ({"images": 3, "board": to_json(CHARUCO)}, "images"),
        ({"images": ["a"], "board": to_json(CHARUCO), "model": "fisheye"}, "model"),
    ],
)
def test_what_does_not_fit_is_named(data: object, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        from_json(MonoSpec, data)


def test_an_unknown_kind_of_source_is_refused() -> None:
    with pytest.raises(BadInput):
        from_json(Source, {"kind": "telepathy", "path": "a.mp4"})


def test_a_job_is_found_by_its_dotted_path_and_names_its_spec() -> None:
    from engines.core.store import fetching as store

    assert resolve("engines.core.store.fetching:run") is store.run
    assert spec_type("engines.core.store.fetching:run") is FetchSpec
