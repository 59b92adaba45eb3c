"""A film in the panel, from end to end: one row, then its chosen frames, which are switched like photographs."""

from __future__ import annotations

import shutil
from pathlib import Path

from engines.core.video.stills import named
from tests.engines.calibration import known_scene as known
from tests.engines.calibration.targets.test_films import moving as moving
from tests.workbench.controllers.calibration.calibration_bench import Bench, until
from tests.workbench.controllers.calibration.calibration_bench import bench as bench
from tests.workbench.controllers.calibration.calibration_bench import make_bench as make_bench
from widgets.calibration.views import ViewsModel


def test_a_folder_with_a_film_is_calibrated_from_its_frames(bench: Bench, qtbot, moving: Path, tmp_path: Path) -> None:
    controller, panel = bench.controller, bench.panel
    film = tmp_path / "films" / "moving board.mp4"
    film.parent.mkdir()
    shutil.copy(moving, film)
    table = panel.table.model()
    assert isinstance(table, ViewsModel)
    controller.set_board(known.CHESSBOARD)
    controller.set(window="5")
    controller.add([str(film.parent)])
    until(qtbot, lambda: len(bench.state.views) == 1)
    assert panel.state == "1 film, ready to calibrate"
    until(qtbot, lambda: table.pictures.get(str(film)))
    controller.run()
    until(qtbot, lambda: bench.state.result is not None and bench.state.busy is None, 60)
    rows = bench.state.views
    assert len(rows) > 3
    assert all(row.name.startswith("moving board.mp4 frame ") and row.found and row.rms_px for row in rows)
    assert {row.path for row in rows} <= {named(film, number) for number in range(15)}
    assert bench.state.current
    until(qtbot, lambda: table.pictures.get(rows[-1].path))
    shown = panel.report.view
    until(qtbot, lambda: shown.picture is not None and shown.picture.image.shape == (480, 640, 3))

    before = bench.rms
    panel.table.toggled.emit(rows[1].path, False)
    assert not bench.state.current
    until(qtbot, lambda: bench.state.current and bench.state.busy is None, 60)
    assert bench.rms != before
    assert [row.used for row in bench.state.views] == [number != 1 for number in range(len(rows))]
    assert f"--exclude '{rows[1].name}'" in controller.command()
    bench.services.undo.undo()
    assert bench.rms == before
