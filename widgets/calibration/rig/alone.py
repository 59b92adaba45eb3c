"""One camera of a rig as a calibration of its own, so that what shows photographs of one camera shows a rig's."""

from __future__ import annotations

from engines.calibration.rig.types import RigResult, RigView
from engines.calibration.solve.losses import BELIEVED
from engines.calibration.types import MonoResult, ViewResult


def alone(result: RigResult, camera: int) -> MonoResult:
    """Its views are called by their frames; corners that the rig does not believe are the suspects."""
    one = result.cameras[camera]
    return MonoResult(
        model=one.model,
        image_size=one.size,
        intrinsics=one.intrinsics,
        std=one.std,
        distortion=one.distortion,
        distortion_std=one.distortion_std,
        rms_px=one.rms_px,
        loo_rms_px=one.held_out_rms_px,
        views=tuple(view_of(view) for view in result.views if view.camera == camera),
        verdict=result.verdict,
        advice=(),
        seconds=result.seconds,
        board=result.board,
        free_board=result.free_board,
        board_points=result.board_points,
        more_boards=result.more_boards,
        mirrored=result.mirrored,
    )


def view_of(view: RigView) -> ViewResult:
    return ViewResult(
        name=view.frame,
        path=view.path,
        found=view.found,
        used=view.used,
        rms_px=view.rms_px,
        loo_rms_px=view.held_out_rms_px,
        ids=view.ids,
        corners=view.corners,
        projected=view.projected,
        note=view.note,
        board=view.board,
        weights=view.weights,
        suspects=outliers(view),
    )


def outliers(view: RigView) -> tuple[int, ...]:
    """Ids of the corners that do not fit."""
    return tuple(number for number, weight in zip(view.ids, view.weights, strict=False) if weight <= BELIEVED)
