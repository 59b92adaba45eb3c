"""What the controls of the calibration panel and its board do: each signal with what it asks of the controller."""

from __future__ import annotations

from typing import Any

from widgets.calibration.pages.tabs import CalibrationBoard
from widgets.calibration.panel import CalibrationPanel


def connect_panel(it: Any, panel: CalibrationPanel) -> None:
    """What the panel's controls do; those that are commands, too."""
    camera, solver = panel.camera, panel.solver
    camera.source.chosen.connect(it.watch.choose)
    camera.finder.clicked.connect(lambda on: it.watch.look(it.watch.source, on))
    camera.auto.clicked.connect(lambda on: it.set(auto=on))
    camera.boardWanted.connect(it.use_seen)
    camera.flipWanted.connect(lambda: it.set(mirror="yes"))
    panel.boards.changed.connect(it.set_boards)
    panel.every.everyChosen.connect(lambda every: it.set(every=every))
    solver.changed.connect(lambda field, value: it.set(**{field: value}))
    panel.table.toggled.connect(lambda path, on: it.set_used([path], on))
    panel.table.chosen.connect(it.choose_view)
    panel.table.removeWanted.connect(it.remove)
    panel.report.bars.chosen.connect(it.choose_view)
    panel.report.worst.clicked.connect(it.switch_off_worst)
    panel.report.view.pictureWanted.connect(it.pictures.ask_picture)
    panel.report.reasons.remedyWanted.connect(it.follow)
    panel.report.put_back.clicked.connect(it.take_back_dropped)
    panel.report.close_loaded.clicked.connect(it.close_loaded)
    panel.empty.button.clicked.connect(it.begin)
    panel.dropped.connect(it.add)
    panel.folder.clicked.connect(lambda: it.add(it.files.ask_folder()))
    panel.progress.cancelled.connect(it.runs.cancel)
    panel.trouble.retryWanted.connect(it.use_board)
    panel.trouble.logWanted.connect(it.services.host.show_log)
    panel.trouble.dismissed.connect(it.dismiss)
    panel.help.clicked.connect(it.show_help)
    for id, button in panel.commands.items():
        button.clicked.connect(it.actions.action(f"{it.name}.{id}").trigger)


def connect_board(it: Any, board: CalibrationBoard) -> None:
    """What tabs, trouble and dropped files do."""
    board.pageChosen.connect(it.choose_page)
    board.dropped.connect(it.add)
    board.help.clicked.connect(it.show_help)
    board.trouble.retryWanted.connect(it.use_board)
    board.trouble.logWanted.connect(it.services.host.show_log)
    board.trouble.dismissed.connect(it.pages.dismiss)
    board.trouble.dismissed.connect(it.dismiss)
    it.pages.changed.connect(it.show_soon)
