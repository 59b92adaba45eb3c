"""`inspect FILE --safety`: the verdict is the result; nothing is executed and torch is not imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from workbench.verbs.inspection.commands import app


def test_the_verdict_is_one_object_and_a_refusal_is_a_result(tmp_path: Path) -> None:
    path = tmp_path / "evil.pt"
    path.write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "marker").encode() + b"'\ntR.")
    done = CliRunner().invoke(app, [str(path), "--safety", "--json"])
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert said["verdict"] == "refused"
    assert said["calls"] == [f"os.system('touch {tmp_path / 'marker'}')"]
    assert not (tmp_path / "marker").exists()
    assert "os.system" in CliRunner().invoke(app, [str(path), "--safety"]).stdout


def test_a_plain_state_dict_is_safe_and_no_file_is_an_error(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2).state_dict(), tmp_path / "state.pt")
    said = json.loads(CliRunner().invoke(app, [str(tmp_path / "state.pt"), "--safety", "--json"]).stdout)
    assert (said["verdict"], said["calls"]) == ("safe", [])
    done = CliRunner().invoke(app, [str(tmp_path / "none.pt"), "--safety", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["kind"] == "missing-file"


@pytest.mark.parametrize("new", [True, False])
def test_judging_imports_no_torch(new: bool, tmp_path: Path) -> None:
    torch.save({"w": torch.ones(2)}, tmp_path / "state.pt", _use_new_zipfile_serialization=new)
    code = "import sys; from engines.inspection.opening.safety import safety_of; print(safety_of(sys.argv[1]).verdict, "
    code += "'torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "state.pt"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["safe", "False"]
