"""`calibrate triangulate` tells what it placed, what it did not and why."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from engines.calibration.formats.rig_files import save
from tests.engines.calibration.rig.drawn_rigs import cloud, seen, true_rig
from workbench.verbs.calibration.calibrate import app


def test_points_are_placed_and_what_is_not_is_told(tmp_path: Path) -> None:
    rig, rng = true_rig(), np.random.default_rng(3)
    save(rig, tmp_path / "rig.json")
    lines = [f"{p.name},{rig.cameras[p.camera].name},{p.x},{p.y}" for p in seen(rig, cloud(rng, 4), rng)]
    (tmp_path / "points.csv").write_text("\n".join(["name,camera,x,y", *lines, "ear,0,1,1", "ear,7,1,1"]))
    command = [
        "triangulate",
        str(tmp_path / "rig.json"),
        str(tmp_path / "points.csv"),
        "--out",
        str(tmp_path / "o.csv"),
    ]
    done = CliRunner().invoke(app, [*command, "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["points"], told["rig_counted"], told["sigma_told"]) == (0, 4, False, False)
    assert told["unplaced"] == [{"frame": "", "name": "ear", "cameras": [0], "why": "only one camera sees it"}]
    assert told["left_out"][0].startswith("line 19: there is no camera '7'")
    shown = CliRunner().invoke(app, command).stdout
    assert "Placed 4 points" in shown
    assert "1 without a place: only one camera sees it" in shown
    failed = CliRunner().invoke(app, [*command[:2], str(tmp_path / "none.csv"), *command[3:], "--json"])
    assert (failed.exit_code, json.loads(failed.stdout)["error"]["path"]) == (1, str(tmp_path / "none.csv"))
