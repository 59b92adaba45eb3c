"""The live engine: each frame described, pooled, and a decision a chunk, with what is anticipated and the events.

It looks at one frame at a time, keeps the newest 64 decisions and events, and never queues: what comes faster than
the cap is left out and counted.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.describing import NOBODY, Describer
from engines.actions.models.files import open_model
from engines.actions.streaming.detector import Detector, describer_of
from engines.actions.types import Watched, WatchSettings
from engines.core.clock import Clock, monotonic
from engines.core.context import Context
from engines.core.frames import Frame, FrameSet, Image, Size, Stamp, size_of
from engines.core.live import Reset
from engines.core.words import tr

BURST = 2.0
"""Frames that may follow each other closer than the cap's rate: time stamps jitter."""
WINDOW = 2.0
"""Seconds over which a rate is taken."""
LONGEST = 256

BROKEN = tr("A frame gave no usable features and was left out")
REOPEN = ("model", "weights", "threads", "pose")
"""Settings that need a fresh `open`."""


class ActionWatcher:
    """`Live[WatchSettings, Watched]` for one view."""

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._settings = WatchSettings()
        self._describer: Describer | None = None
        self._detector: Detector | None = None
        self._cap = Cap(self._settings.feature_rate)
        self._described, self._decided = Pace(), Pace()
        self._size: Size | None = None
        self._latency, self._left_out, self._broken = 0.0, 0, False
        self._newest: Stamp | None = None

    def open(self, settings: WatchSettings, ctx: Context) -> None:
        """Raises `BadInput` for a file that is no model or whose features cannot be made here, `FileMissing` for a
        network of theirs that was not fetched.
        """
        ctx.check()
        model = open_model(settings.model) if settings.model else None
        ctx.check()
        describer = describer_of(model, settings.threads, settings.pose)
        ctx.check()
        self._detector = Detector(model, settings.weights, threads=settings.threads) if model is not None else None
        self._describer = describer
        self._cap, self._left_out, self._newest = Cap(settings.feature_rate), 0, None
        self._take(settings)

    def configure(self, settings: WatchSettings) -> bool:
        """Thresholds and the cap are taken as it goes."""
        if any(getattr(settings, name) != getattr(self._settings, name) for name in REOPEN):
            return False
        self._take(settings)
        return True

    def process(self, frames: FrameSet) -> Watched:
        """Look at the first frame of the set. One that stands still counts once, however often it comes."""
        assert self._describer is not None, "open() comes first"
        frame = frames[0]
        stages: dict[str, float] = {}
        if frame.stamp == self._newest:
            stages = dict(self._describer.stages)
        elif self._cap.lets(frame.stamp.media_time):
            stages = self._look(frame)
        else:
            self._left_out += 1
        self._newest = frame.stamp
        return self._watched(frame.stamp, size_of(frame.image), stages)

    def reset(self, why: Reset) -> None:
        """What was seen no longer holds: what lasts ends. Decisions and events stay to be read, numbers go on."""
        if self._describer is not None:
            self._describer.reset()
        if self._detector is not None:
            self._detector.reset()
        self._cap.reset()
        self._newest = None

    def close(self) -> None:
        if self._describer is not None:
            self._describer.close()
        self._describer = self._detector = None

    # --- a frame

    def _look(self, frame: Frame) -> dict[str, float]:
        """Milliseconds of each stage."""
        features = self._describe(frame.image, frame.stamp.media_time)
        assert self._describer is not None
        stages = dict(self._describer.stages)
        self._described.tick(self._clock())
        self._broken = not np.isfinite(features).all()
        if self._detector is None or self._broken:
            return stages
        made = self._detector.push(frame.stamp.media_time, features)
        if made:
            stages["head"] = self._detector.milliseconds
            self._tell(frame.stamp, len(made))
        return stages

    def _describe(self, image: Image, seconds: float) -> NDArray[np.float32]:
        """A picture of another size is another view: what was followed in the old one does not go on."""
        assert self._describer is not None
        size = size_of(image)
        if self._size not in (None, size):
            self._describer.reset()
        self._size = size
        return self._describer.describe(image, seconds)

    def _tell(self, stamp: Stamp, decisions: int) -> None:
        now = self._clock()
        self._latency = now - stamp.captured_at
        for _ in range(decisions):
            self._decided.tick(now)

    def _watched(self, stamp: Stamp, size: Size, stages: dict[str, float]) -> Watched:
        now, detector = self._clock(), self._detector
        card = detector.model.card if detector is not None else None
        return Watched(
            stamp,
            size,
            card.classes if card is not None else (),
            card.horizons if card is not None else (),
            tuple(detector.decisions) if detector is not None else (),
            detector.events if detector is not None else (),
            self._describer.poses if self._describer is not None else (),
            stages,
            self._described.rate(now),
            self._decided.rate(now),
            self._latency,
            self._left_out,
            self._note(),
            self._settings.model,
            self._settings.weights,
            card.sha256 if card is not None else "",
        )

    # --- what it has

    def _take(self, settings: WatchSettings) -> None:
        self._settings = settings
        self._cap.rate = settings.feature_rate
        if self._detector is not None:
            self._detector.finder.configure(settings.threshold, settings.release, settings.least)

    def _note(self) -> str:
        """Nobody in view holds back only what needs a body."""
        assert self._describer is not None
        if self._broken:
            return BROKEN
        needs = self._detector is None or "pose" in self._describer.recipe.streams
        return self._describer.note if needs or self._describer.note != NOBODY else ""


class Cap:
    """Lets `rate` frames per second of media time through at most, as evenly as they come. 0 or less: all."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.reset()

    def reset(self) -> None:
        """The next frame is let through."""
        self._saved, self._newest = BURST, 0.0

    def lets(self, seconds: float) -> bool:
        if self.rate <= 0:
            return True
        passed, self._newest = seconds - self._newest, seconds
        self._saved = BURST if passed < 0 else min(self._saved + passed * self.rate, BURST)
        if self._saved < 1.0 - 1e-6:
            return False
        self._saved -= 1.0
        return True


class Pace:
    """Events per second over the last two seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=LONGEST)

    def tick(self, now: float) -> None:
        self._times.append(now)

    def rate(self, now: float) -> float:
        """0 before the second one, and when nothing came for longer than the window."""
        times = self._times
        while times and times[0] < now - WINDOW:
            times.popleft()
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0
