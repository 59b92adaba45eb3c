"""Large networks are made ready once and kept: the same numbers, made anew when what was kept is damaged."""

from __future__ import annotations

import numpy as np
import pytest

from engines.core import places
from engines.core.errors import BadInput
from engines.core.store.fetching import load_path
from engines.faces.recognition.networks import LARGE, open_network


def test_what_was_kept_gives_the_same_and_mends_itself(weights, tmp_path, monkeypatch) -> None:
    weights("sface")
    sface = load_path("sface")
    monkeypatch.setenv(places.STORE_VARIABLE, str(tmp_path))
    face = np.random.default_rng(3).uniform(0, 255, (1, 3, 112, 112)).astype(np.float32)

    def vector() -> np.ndarray:
        return np.asarray(open_network(sface).run(None, {"data": face})[0])

    first = vector()
    (kept,) = (tmp_path / "prepared").glob("*.onnx")
    made = kept.stat().st_mtime_ns
    np.testing.assert_array_equal(vector(), first)
    assert kept.stat().st_mtime_ns == made
    damaged = bytearray(kept.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    kept.write_bytes(damaged)
    np.testing.assert_array_equal(vector(), first)
    assert kept.stat().st_mtime_ns != made


def test_a_large_file_that_is_no_network_is_refused_in_words(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(places.STORE_VARIABLE, str(tmp_path))
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"\x00\x01" * LARGE)
    with pytest.raises(BadInput, match="Not an ONNX model") as told:
        open_network(broken)
    assert told.value.path == str(broken)
    assert not list((tmp_path / "prepared").glob("*.onnx"))
