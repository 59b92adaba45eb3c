"""A frame as one vector, by a recipe: what the live engine, the detection of files and the training all use.

Whatever looks back (flow, the body's square, velocities) is kept here and counts in seconds of the recording, so the
frame rate does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.actions.features.appearance import CROPS, SIDE, Appearance
from engines.actions.features.motion import Motion
from engines.actions.features.pose import Body, BodyFinder
from engines.actions.features.recipes import DIMS, VERSION, networks_of
from engines.actions.features.skeleton import Skeleton
from engines.actions.types import BodyPose, Recipe
from engines.core.errors import BadInput
from engines.core.frames import Image, Size
from engines.core.words import tr

NOBODY = tr("Nobody in view")
Floats = NDArray[np.float32]


class Describer:
    """Not to be used by two threads at once. Raises `FileMissing` for a network that was not fetched, `BadInput` for a
    recipe that is not ours.

    threads: from two on, the body (or else the motion) is described beside the appearance. The numbers are the same.
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
        pose = pose or "pose" in recipe.streams
        looks = "appearance" in recipe.streams
        each = max(threads // 2, 1) if looks else threads
        self._beside = ThreadPoolExecutor(1, "describing") if looks and threads > 1 else None
        self._appearance = Appearance(recipe.side, recipe.crop, each) if looks else None
        self._motion = Motion(recipe.flow)
        self._bodies = BodyFinder(each) if pose else None
        self._skeleton = Skeleton()

    def describe(self, image: Image, seconds: float) -> Floats:
        """uint8 BGR at a time of the recording -> float32 (sum of the recipe's dims,)."""
        self.stages = {}
        work = self._work(image, self._shrunk(image), seconds)
        beside, started = next(iter(work), ""), None
        if self._beside is not None and len(work) > 1:
            started = self._beside.submit(self._timed, beside, work.pop(beside))
        made = {stage: self._timed(stage, done) for stage, done in work.items()}
        if started is not None:
            made[beside] = started.result()
        return np.concatenate([made[stream] for stream in self._streams] or [np.zeros(0, np.float32)])

    def _shrunk(self, image: Image) -> Image:
        """The picture that appearance and motion look at; the body is cut out of the whole picture."""
        if not {"appearance", "motion"} & set(self._streams):
            return image
        began = perf_counter()
        side, flow = self.recipe.side, self.recipe.flow
        small = halved(image, Size(max(side, flow.width), max(side, flow.height)))
        if small is not image:
            self.stages["shrink"] = 1000 * (perf_counter() - began)
        return small

    def _work(self, image: Image, small: Image, seconds: float) -> dict[str, Callable[[], Floats]]:
        """The work on a frame, by stage. The first may be done beside the others."""
        work: dict[str, Callable[[], Floats]] = {}
        if self._bodies is not None:
            work["pose"] = partial(self._describe_body, image, seconds)
        if "motion" in self._streams:
            work["motion"] = partial(self._motion.describe, small, seconds)
        if self._appearance is not None:
            work["appearance"] = partial(self._appearance.describe, small)
        return work

    def reset(self) -> None:
        """Forget earlier frames."""
        self._motion.reset()
        self._skeleton.reset()
        if self._bodies is not None:
            self._bodies.reset()
        self.poses, self.stages, self.note = (), {}, ""

    def close(self) -> None:
        """Let the networks and the thread go."""
        if self._beside is not None:
            self._beside.shutdown()
        self._beside = self._appearance = self._bodies = None

    def _describe_body(self, image: Image, seconds: float) -> Floats:
        assert self._bodies is not None
        body: Body | None = self._bodies.find(image, seconds)
        self.poses = (body.as_pose(),) if body is not None else ()
        self.note = "" if body is not None else NOBODY
        return self._skeleton.describe(body, seconds)

    def _timed(self, stage: str, work: Callable[[], Floats]) -> Floats:
        began = perf_counter()
        done = work()
        self.stages[stage] = 1000 * (perf_counter() - began)
        return done


def _check(recipe: Recipe) -> None:
    """Nothing but the very numbers that the recipe stands for."""
    dims = tuple(DIMS.get(stream, -1) for stream in recipe.streams)
    own = (dims, networks_of(recipe.streams), VERSION) == (recipe.dims, recipe.networks, recipe.version)
    seen = "appearance" not in recipe.streams or (recipe.side == SIDE and recipe.crop in CROPS)
    if recipe.of or not own or not seen:
        made = recipe.of or tr("another version of this program")
        hint = tr("Run it on feature files made the same way, or train it again on videos")
        raise BadInput(
            tr("These features come from {made}: they cannot be made from a picture here", made=made), hint=hint
        )


def halved(image: Image, least: Size) -> Image:
    """The picture at a half, a quarter ... of its size, as small as both sides stay at least `least`.

    A mean over areas that do not divide the picture's takes 8 ms at 1080p, halves 1 ms together. At odd sizes one row
    or column is left out.
    """
    while image.shape[1] >= 2 * least.width and image.shape[0] >= 2 * least.height:
        height, width = image.shape[0] // 2, image.shape[1] // 2
        even = image[: 2 * height, : 2 * width]
        image = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return image
