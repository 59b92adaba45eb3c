"""kill -9 at random moments of an enrolment: what was acknowledged is there, whole; meanwhile others only read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.faces.gallery.editing import Gallery
from tests.engines.faces.gallery.galleries import CARD, Maker

ROOT = Path(__file__).resolve().parents[4]
ROUNDS = int(os.environ.get("KINOSCOPE_KILLS", "5"))
"""20 in `KINOSCOPE_KILLS=20 KINOSCOPE_ENROLMENTS=500`: 10,000 enrolments."""
MOST = int(os.environ.get("KINOSCOPE_ENROLMENTS", "60"))


def enrolling(path: Path, seed: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.engines.faces.gallery.enrolling", str(path), str(seed)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def killed_after(process: subprocess.Popen[bytes], count: int) -> list[int]:
    """Kill it when so many were acknowledged, wherever it is by then; all that it has acknowledged."""
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(count + 1)]
    os.kill(process.pid, signal.SIGKILL)
    said += process.stdout.read().splitlines(keepends=True)
    process.wait()
    process.stdout.close()
    return [int(line) for line in said[1:] if line.endswith(b"\n")]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_every_acknowledged_enrolment_survives(tmp_path: Path):
    path = tmp_path / "g.faces"
    Gallery.create(path, CARD).close()
    rng, acknowledged = np.random.default_rng(0), 0
    for seed in range(ROUNDS):
        ids = killed_after(enrolling(path, seed), int(rng.integers(1, MOST)))
        acknowledged += len(ids)
        with Gallery.open(path) as gallery:
            assert not gallery.info().read_only
            assert gallery.check() == "ok"
            history = {change.id for change in gallery.history(0)}
            assert set(ids) <= history
            assert gallery.info().faces == len(history)
            assert acknowledged <= len(history) <= acknowledged + seed + 1
            table = gallery.table()
            assert np.allclose(np.linalg.norm(table.vectors, axis=1), 1, atol=1e-5)
            assert gallery.thumbnail(table.faces[-1]).shape == (160, 160, 3)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_second_process_reads_meanwhile_and_writes_after_the_kill(tmp_path: Path):
    path = tmp_path / "g.faces"
    Gallery.create(path, CARD).close()
    process = enrolling(path, 0)
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(5)][0] == b"open\n"
    with Gallery.open(path) as second:
        assert second.info().read_only
        assert second.info().faces >= 4
        with pytest.raises(BadInput, match="Another program"):
            second.add("Eve", Maker().faces(0, 1))
        known, before = len(second.table()), second.revision()
        while second.revision() == before:
            assert process.stdout.readline()
        assert len(second.table()) > known
    killed_after(process, 0)
    with Gallery.open(path) as gallery:
        gallery.add("Eve", Maker().faces(0, 1))
