"""Trouble offers what an error says in its fields, whatever its words are."""

from __future__ import annotations

import json

from engines.core.errors import BadInput, Facts, FileMissing
from workbench.controllers.calibration import runs
from workbench.controllers.common.trouble_words import trouble_of
from workbench.work.failure import Failure


def test_missing_weights_are_offered_after_every_border() -> None:
    error = FileMissing("Nicht da", hint="Hol sie", facts=Facts(fetch=("yunet", "sface")))
    kept = json.loads(json.dumps(Failure.of(error).as_json()))
    for told in (error.as_json(), kept):
        assert trouble_of(told).fetch == ("yunet", "sface")
        assert trouble_of(told).hint == ""
    assert trouble_of(FileMissing("Weg", hint="python main.py models fetch yunet").as_json()).fetch == ()


def test_the_board_that_fits_is_offered() -> None:
    error = BadInput("Zu klein", facts=Facts(board="chessboard:9x6:25mm"))
    trouble = runs.trouble_of(Failure.of(error).as_json())
    assert (trouble.retry.columns, trouble.retry.rows) == (9, 6)
    assert runs.trouble_of(BadInput("Use chessboard:9x6:25mm").as_json()).retry is None
