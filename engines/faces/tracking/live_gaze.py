"""Head pose and gaze for the live recogniser, where they are asked for: a few faces a frame, in turn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engines.core.errors import KinoscopeError
from engines.core.frames import Image
from engines.core.words import as_part, tr
from engines.faces.types import TrackedFace

if TYPE_CHECKING:
    from engines.faces.gaze.ray import GazeEstimator

MOST = 4
"""Faces looked at in one frame, the largest first."""


class GazeReader:
    """fit: file of a personal calibration, "" for none. note: why there is no gaze, "" otherwise."""

    def __init__(self, fit: str = "") -> None:
        from engines.faces.gaze.ray import GazeEstimator
        from engines.faces.gaze.screen_model import ScreenModel

        self.fit, self.note = fit, ""
        self._estimator: GazeEstimator | None = None
        try:
            self._estimator = GazeEstimator()
            self._estimator.screen = ScreenModel.load(Path(fit)) if fit else None
        except KinoscopeError as error:
            self.note = tr("No gaze: {message}", message=as_part(error.message))

    def read(self, image: Image, faces: list[TrackedFace]) -> list[TrackedFace]:
        """The same faces, the largest that are seen with pose and gaze."""
        if self._estimator is None:
            return faces
        large = sorted((face for face in faces if face.seen), key=lambda face: -face.box.width)[:MOST]
        asked = {face.track for face in large}
        self.forget([face.track for face in faces])
        return [self._one(image, face) if face.track in asked else face for face in faces]

    def forget(self, keep: list[int] | tuple[int, ...]) -> None:
        """Drop what was remembered of other tracks."""
        if self._estimator is not None:
            self._estimator.forget(frozenset(keep))

    def _one(self, image: Image, face: TrackedFace) -> TrackedFace:
        assert self._estimator is not None
        seen = self._estimator.look(image, np.asarray(face.points, np.float64), face.track)
        return face if seen is None else replace(face, pose=seen[0], gaze=seen[1])
