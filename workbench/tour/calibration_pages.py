"""The tour's stops at the calibration board: every page on real photographs, every kind of board on rendered ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import cv2
import numpy as np
from PySide6.QtWidgets import QWidget

from engines.calibration.formats.files import save
from engines.calibration.targets.rendered import photograph
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project
from widgets.calibration.pages.state import Page
from workbench.threads.background import Errands
from workbench.tour.walk import Stop, reference
from workbench.window.main import Window

PHOTOGRAPHS = "calibration/opencv_stereo_chessboard"
PRINTED = "chessboard:9x6:25mm"
KINDS = {
    "charuco": "charuco:7x5:40mm:30mm:DICT_4X4_250",
    "aprilgrid": "aprilgrid:5x4:40mm:10mm",
    "circles": "circles:7x5:30mm",
    "acircles": "acircles:4x9:20mm",
}
SIZE, LENS = Size(640, 480), Lens("brown5", Intrinsics(560.0, 560.0, 322.0, 238.0), (-0.2, 0.06, 0.0, 0.0, 0.0))
TILTS = ((0.0, 0.0), (0.5, 0.1), (-0.5, 0.2), (0.1, 0.55), (0.1, -0.55), (0.4, 0.4), (-0.35, -0.4))
SHIFTS = ((0.0, 0.0), (-0.2, 0.1), (0.2, -0.1), (0.15, 0.15), (-0.15, -0.15), (0.2, 0.1), (-0.2, 0.0))
"""Of the board's middle from the picture's, in widths of the board."""
FILLS = 0.48
"""Share of the picture's width that a board straight ahead takes."""
WRONG, TORN = 23, (-6, -7)
"""A corner of one photograph, and how far the paper about it is torn away, in pixels."""


def stops(theme: str) -> list[Stop]:
    """Pages first, then the corner that is wrong, then the boards."""
    return [*(_pages(theme) if reference(PHOTOGRAPHS).is_dir() else []), *_rendered(theme)]


def again(theme: str) -> list[Stop]:
    """What shows a theme best."""
    pages = {stop.name.removeprefix(f"{theme}-calibration-"): stop for stop in stops(theme)}
    wanted = "residuals", "shape-printed", "shape", "uncertainty", "lens", "wrong-corner", "wrong-corner-chosen"
    return [pages[name] for name in wanted if name in pages]


def _stop(name: str, act: Callable[[Window], object], ready: Callable[[Window], bool], seconds: float = 20) -> Stop:
    return Stop(name, act, ready, _board, seconds)


def _pages(theme: str) -> list[Stop]:
    at = f"{theme}-calibration"
    return [
        _stop(f"{at}-residuals", partial(_load, theme=theme), _solves(13), 90),
        _stop(f"{at}-all-views", partial(_form, page=Page.RESIDUALS, form="field"), _solved),
        _stop(f"{at}-scatter", partial(_form, page=Page.RESIDUALS, form="cloud"), _solved),
        _stop(f"{at}-shape-printed", partial(_show, page=Page.SHAPE), _solved),
        _stop(f"{at}-models", _compare_models, _has_models, 120),
        _stop(f"{at}-shape", _free, _solved, 60),
        _stop(f"{at}-uncertainty", partial(_show, page=Page.UNCERTAINTY), _solved),
        _stop(f"{at}-lens", partial(_show, page=Page.LENS), _solved),
        _stop(f"{at}-lens-curve", partial(_form, page=Page.LENS, form="curve"), _solved),
        _stop(f"{at}-compare", _compare, _has_comparison, 60),
    ]


def _rendered(theme: str) -> list[Stop]:
    at, wrong = f"{theme}-calibration", "chessboard:7x4:30mm"
    made = [
        _stop(f"{at}-wrong-corner", partial(_render, theme=theme, board=wrong, wrong=True), _solves(len(TILTS)), 90),
        _stop(f"{at}-wrong-corner-chosen", _choose_wrong, _solved),
    ]
    for kind, board in KINDS.items():
        made.append(_stop(f"{at}-{kind}", partial(_render, theme=theme, board=board), _solves(len(TILTS)), 90))
    return [*made, _stop(f"{at}-viewer", partial(_show, page=Page.VIEWER), lambda _window: True)]


def _board(window: Window) -> QWidget:
    it = window.features["calibration"]
    return it.panel if it.form.page is Page.VIEWER else it.board


def _begin(window: Window, theme: str, board: str) -> None:
    if window.services.settings.value.theme != theme:
        window.set_theme(theme)
    window.preset("calibrate")
    it = window.features["calibration"]
    it.clear()
    window.notices.clear()
    it.set_board(Board.parse(board))
    it.set(free_board=False, model="brown5")
    it.choose_page(Page.RESIDUALS)


def _load(window: Window, theme: str) -> None:
    _begin(window, theme, PRINTED)
    _form(window, Page.RESIDUALS, "picture")
    window.features["calibration"].add([str(path) for path in sorted(reference(PHOTOGRAPHS).glob("left*.jpg"))])


def _render(window: Window, theme: str, board: str, wrong: bool = False) -> None:
    """Photographs of a board, made beside the window's thread."""
    _begin(window, theme, board)
    _form(window, Page.RESIDUALS, "picture")
    errands = Errands("tour pictures")
    window.services.supervisor.adopt(errands)
    add = window.features["calibration"].add
    errands.ask(
        partial(_photographs, Board.parse(board), wrong), add, lambda failure: window.notify(str(failure), "bad")
    )


def _photographs(board: Board, wrong: bool) -> list[str]:
    folder, made = Path(mkdtemp(prefix="kinoscope-tour-")), []
    for number, pose in enumerate(_poses(board)):
        picture = photograph(board, LENS, SIZE, pose, seed=number)
        path = folder / f"view {number + 1}.png"
        cv2.imwrite(str(path), _torn(picture, board, pose) if wrong and number == 1 else picture)
        made.append(str(path))
    return made


def _poses(board: Board) -> list[tuple[np.ndarray, np.ndarray]]:
    low, high = board.corners.min(axis=0), board.corners.max(axis=0)
    wide, middle = float(max(high - low)), (low + high) / 2
    away = LENS.intrinsics.fx * wide / (FILLS * SIZE.width)
    made = []
    for tilt, shift in zip(TILTS, SHIFTS, strict=True):
        rvec = np.array([*tilt, 0.05])
        centre = np.array([shift[0] * wide, shift[1] * wide, away])
        made.append((rvec, centre - cv2.Rodrigues(rvec)[0] @ middle))
    return made


def _torn(picture: np.ndarray, board: Board, pose: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The paper about one corner stands elsewhere."""
    x, y = project(LENS, board.corners[WRONG], *pose)[0].round().astype(int)
    dx, dy, half = *TORN, 14
    torn = picture.copy()
    torn[y + dy - half : y + dy + half, x + dx - half : x + dx + half] = picture[
        y - half : y + half, x - half : x + half
    ]
    return torn


def _solves(views: int) -> Callable[[Window], bool]:
    """Calibrates once all views are there, and waits for the result."""
    asked: list[bool] = []

    def ready(window: Window) -> bool:
        it = window.features["calibration"]
        if len(it.session.material.views) == views and not asked:
            asked.append(True)
            it.run()
        return bool(asked) and (it.trouble is not None or _solved(window))

    return ready


def _solved(window: Window) -> bool:
    it = window.features["calibration"]
    result = it.session.result
    return it.runs.busy is None and it.session.current and result is not None and result.loo_rms_px is not None


def _show(window: Window, page: Page) -> None:
    window.features["calibration"].choose_page(page)


def _form(window: Window, page: Page, form: str) -> None:
    _show(window, page)
    shown = window.features["calibration"].board.page(page).form
    shown.set_value(form)
    shown.chosen.emit(form)


def _free(window: Window) -> None:
    _show(window, Page.SHAPE)
    window.features["calibration"].board.page(Page.SHAPE).freeWanted.emit()


def _compare_models(window: Window) -> None:
    _show(window, Page.MODELS)
    window.features["calibration"].board.page(Page.MODELS).startWanted.emit()


def _has_models(window: Window) -> bool:
    view = window.features["calibration"].view
    return view.models.busy is None and (view.models.result is not None or view.trouble is not None)


def _compare(window: Window) -> None:
    """The freed solution beside the one as printed, which is read from its file."""
    it = window.features["calibration"]
    file = Path(mkdtemp(prefix="kinoscope-tour-")) / "freed.json"
    save(it.session.result, str(file))
    _show(window, Page.COMPARE)
    it.set(free_board=False)
    it.pages.parts[Page.COMPARE].choose("", str(file))


def _has_comparison(window: Window) -> bool:
    view = window.features["calibration"].view
    return _solved(window) and (view.compare.comparison is not None or view.trouble is not None)


def _choose_wrong(window: Window) -> None:
    it = window.features["calibration"]
    suspects = [(view.name, number) for view in it.session.result.views for number in view.suspects]
    it.board.page(Page.RESIDUALS).cornerChosen.emit(*(suspects[0] if suspects else ("view 2.png", WRONG)))
