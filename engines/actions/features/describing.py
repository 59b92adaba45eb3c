"""A frame as one vector, by a recipe: what the live engine, the detection of files and the training all use.

Whatever looks back (flow, the body's square, velocities) is kept here and counts in seconds of the recording, so the
frame rate does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.appearance import Appearance
from engines.actions.features.motion import Motion
from engines.actions.features.pose import Body, BodyFinder
from engines.actions.features.recipes import DIMS
from engines.actions.features.skeleton import Skeleton
from engines.actions.types import BodyPose, Recipe
from engines.core.errors import BadInput
from engines.core.frames import Image

NOBODY = "Nobody in view"
Floats = NDArray[np.float32]


class Describer:
    """Not to be used by two threads at once. Raises `FileMissing` for a network that was not fetched, `BadInput` for a
    recipe that is not ours.

    poses: bodies of the newest frame. stages: milliseconds of the newest frame by stream. note: what holds it back.
    """

    def __init__(self, recipe: Recipe, threads: int = 1, pose: bool = False) -> None:
        """pose: find the body also where the recipe does not need it."""
        _check(recipe)
        self.recipe = recipe
        self.poses: tuple[BodyPose, ...] = ()
        self.stages: dict[str, float] = {}
        self.note = ""
        self._streams = recipe.streams
        self._appearance = Appearance(recipe.side, recipe.crop, threads) if "appearance" in self._streams else None
        self._motion = Motion(recipe.flow)
        self._bodies = BodyFinder(threads) if pose or "pose" in self._streams else None
        self._skeleton = Skeleton()

    def describe(self, image: Image, seconds: float) -> Floats:
        """uint8 BGR at a time of the recording -> float32 (sum of the recipe's dims,)."""
        self.stages = {}
        made: dict[str, Floats] = {}
        if self._bodies is not None:
            made["pose"] = self._timed("pose", self._describe_body, image, seconds)
        if self._appearance is not None:
            made["appearance"] = self._timed("appearance", self._appearance.describe, image)
        if "motion" in self._streams:
            made["motion"] = self._timed("motion", self._motion.describe, image, seconds)
        return np.concatenate([made[stream] for stream in self._streams] or [np.zeros(0, np.float32)])

    def reset(self) -> None:
        """Forget earlier frames."""
        self._motion.reset()
        self._skeleton.reset()
        if self._bodies is not None:
            self._bodies.reset()
        self.poses, self.stages, self.note = (), {}, ""

    def close(self) -> None:
        """Let the networks go."""
        self._appearance = self._bodies = None

    def _describe_body(self, image: Image, seconds: float) -> Floats:
        assert self._bodies is not None
        body: Body | None = self._bodies.find(image, seconds)
        self.poses = (body.as_pose(),) if body is not None else ()
        self.note = "" if body is not None else NOBODY
        return self._skeleton.describe(body, seconds)

    def _timed(self, stage: str, work: Callable[..., Floats], *given: Any) -> Floats:
        began = perf_counter()
        done = work(*given)
        self.stages[stage] = 1000 * (perf_counter() - began)
        return done


def _check(recipe: Recipe) -> None:
    own = tuple(DIMS.get(stream, -1) for stream in recipe.streams)
    if recipe.of or own != recipe.dims:
        made = recipe.of or "another version of this program"
        hint = "Run it on feature files made the same way, or train it again on videos"
        raise BadInput(f"These features come from {made}: they cannot be made from a picture here", hint=hint)
