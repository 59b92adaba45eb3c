"""Results of calibrations as JSON of ours: a header that says what it is, the boards in their words, the rest plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from engines.calibration.formats.checks import DAMAGED, in_words
from engines.core import spec
from engines.core.boards import Board
from engines.core.errors import BadInput
from engines.core.words import tr

R = TypeVar("R")


def with_header(
    plain: dict[str, Any], kind: str, version: int, board: Board | None, more_boards: Sequence[Board]
) -> dict[str, Any]:
    """plain: the result's fields as plain values."""
    boards = {"board": None if board is None else str(board), "more_boards": [str(more) for more in more_boards]}
    return {"kind": kind, "version": version} | plain | boards


def result_of(result: type[R], data: object, kind: str, version: int, what: str) -> R:
    """The inverse. what: such a JSON should be, in words. Raises `BadInput`."""
    if not isinstance(data, dict) or data.get("kind") != kind:
        raise BadInput(tr("This JSON is not {what}", what=what))
    if data.get("version") != version:
        raise BadInput(tr("This calibration was written by another version ({version})", version=data.get("version")))
    with in_words():
        board = None if data["board"] is None else asdict(Board.parse(data["board"]))
        more = [asdict(Board.parse(text)) for text in data.get("more_boards", ())]
    try:
        made: R = spec.from_json(result, data | {"board": board, "more_boards": more})
    except BadInput as error:
        raise BadInput(f"{DAMAGED}: {error.message.partition(': ')[2]}") from error
    return made
