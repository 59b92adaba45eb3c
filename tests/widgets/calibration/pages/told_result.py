"""A calibration with everything in it that the pages tell, from a camera that is exactly known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engines.calibration.types import Alternative, MonoResult, UncertaintyMap, ViewResult
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project
from widgets.calibration.pages.state import Page, PagesView
from widgets.calibration.state import CalibrationView, ViewRow

SIZE = Size(640, 480)
BOARD = Board.parse("chessboard:7x4:30mm")
CAMERA = Intrinsics(530.0, 532.0, 318.0, 242.0)
BROWN = (-0.28, 0.09, 0.001, -0.0005, -0.02)
WRONG, AWAY = 23, (8.0, -15.0)
"""The corner of the second view that was found elsewhere, and how far off in pixels."""
STD = {"fx": 0.5, "fy": 0.5, "cx": 0.4, "cy": 0.4}


def seen(number: int, wrong: bool = False) -> ViewResult:
    """A view with noise of .1 px; wrong: one corner is far off, and known to be."""
    pose = (0.1 * number - 0.3, 0.25 - 0.05 * number, 0.02 * number), (-0.1, -0.06, 0.45)
    model = project(Lens("brown5", CAMERA, BROWN), BOARD.corners, *pose)
    found = model + np.random.default_rng(number).normal(0, 0.07, model.shape)
    weights = np.ones(len(model))
    if wrong:
        found[WRONG], weights[WRONG] = model[WRONG] + AWAY, 0.0
    return ViewResult(
        f"view {number}.png",
        f"/photos/view {number}.png",
        found=True,
        used=True,
        rms_px=float(np.sqrt(np.mean(np.sum((model - found) ** 2, axis=1)))),
        loo_rms_px=0.13,
        ids=tuple(range(len(model))),
        corners=tuple(map(tuple, found.tolist())),
        projected=tuple(map(tuple, model.tolist())),
        rvec=pose[0],
        tvec=pose[1],
        weights=tuple(weights.tolist()),
        suspects=(WRONG,) if wrong else (),
    )


def bent_board(bow_mm: float = 0.4, taller: float = 0.003) -> np.ndarray:
    """Corners in metres of a board that is a part of a cylinder and too tall."""
    points = BOARD.corners.copy()
    x = points[:, 0] / points[:, 0].max() * 2 - 1
    points[:, 2] = bow_mm / 1000 * (x**2 - 0.5)
    points[:, 1] *= 1 + taller
    return points


def told() -> MonoResult:
    """Freed, compared with the printed board, with an uncertainty that grows from .05 px in the middle."""
    y, x = np.mgrid[0:12, 0:16]
    away = np.hypot((x - 7.5) / 7.5, (y - 5.5) / 5.5)
    maps = tuple(
        UncertaintyMap(16, 12, distance, tuple((0.05 + scale * away**2).ravel().tolist()))
        for distance, scale in ((0.5, 0.2), (0.0, 0.1))
    )
    return MonoResult(
        model="brown5",
        image_size=SIZE,
        intrinsics=CAMERA,
        std=STD,
        distortion=BROWN,
        distortion_std=(0.001, 0.005, 0.0001, 0.0001, 0.008),
        rms_px=0.1,
        loo_rms_px=0.13,
        views=(seen(1), seen(2, wrong=True), seen(3), seen(4)),
        verdict="fair",
        advice=(),
        seconds=1.0,
        board=BOARD,
        free_board=True,
        board_points=tuple(map(tuple, bent_board().tolist())),
        uncertainty=maps,
        other=Alternative(False, replace(CAMERA, cy=CAMERA.cy + 4.0), STD, 0.18),
    )


def shown(page: Page, result: MonoResult | None = None, selected: int = 1, **fields: object) -> PagesView:
    """The board's state with a page in front and one view chosen."""
    if result is None:
        return PagesView(page, CalibrationView())
    rows = tuple(ViewRow(view.path, view.name, found=True, corners=view.corners, size=SIZE) for view in result.views)
    drop = fields.pop("drop", ())
    panel = CalibrationView(views=rows, result=result, selected=rows[selected].path, drop=drop)  # type: ignore[arg-type]
    return PagesView(page, panel, **fields)  # type: ignore[arg-type]
