"""`bench actions`: every frame is described once, each stage is told, and the machine is left as it was."""

from __future__ import annotations

import threading
from contextlib import closing
from itertools import islice

import cv2
import pytest

from engines.core.video.film import Film
from tests.engines.cameras.films import number_in, write_video
from workbench.benchmarks.actions import _allowed, _chain, _decoded, _held_to


@pytest.mark.parametrize(
    ("kind", "threads", "stages"), [("pose", 1, {"pose_ms"}), ("both", 2, {"appearance_ms", "motion_ms", "pose_ms"})]
)
def test_a_chain_tells_its_stages(weights, tmp_path, kind, threads, stages):
    weights("efficientnet-lite0", "pose-detection", "pose-landmarks")
    film = Film.open(write_video(tmp_path / "film.mp4", 6))
    row = _chain(film, kind, threads, frames=5, hidden=16)
    always = {"p50_ms", "p99_ms", "cpu_ms", "decode_ms", "head_ms"}
    assert {name for name in row if name.endswith("_ms")} == always | stages
    assert all(value > 0 for name, value in row.items() if name != "features")


def test_the_machine_is_left_as_it_was():
    before = _allowed(), cv2.getNumThreads()
    with _held_to(1) as cores:
        assert cores == 1 or before[0] is None
        assert cv2.getNumThreads() == 1
    assert (_allowed(), cv2.getNumThreads()) == before


@pytest.mark.parametrize("taken", [3, 20])
def test_frames_come_in_order_again_and_again_and_the_thread_ends(tmp_path, taken):
    film = Film.open(write_video(tmp_path / "film.mp4", 8))
    with closing(_decoded(film, 20)) as decoded:
        seen = [frame for frame, _ in islice(decoded, taken)]
    assert [number_in(frame.image) for frame in seen] == [number % 8 for number in range(taken)]
    times = [frame.seconds for frame in seen]
    assert times == pytest.approx([number / 25 for number in range(taken)], abs=3e-3)
    assert not [thread for thread in threading.enumerate() if thread.name == "decoding"]
