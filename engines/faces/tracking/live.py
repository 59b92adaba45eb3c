"""The live recogniser: faces found, followed, described where it helps, and named.

Frame by frame: find, align, track; describe the few faces that add evidence; decide names on what every track has shown
so far. The cost of a frame is bounded: one search, a fixed number of descriptions, one product with the gallery.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.errors import FileMissing
from engines.core.frames import Frame, FrameSet, Image, size_of
from engines.core.live import Reset
from engines.core.words import as_part, tr
from engines.faces.detection.finding import Finder, open_finder
from engines.faces.detection.quality import assess
from engines.faces.detection.yunet import Detections, as_points
from engines.faces.gallery.rows import MARGIN, PORTRAIT
from engines.faces.recognition import align
from engines.faces.recognition.embed import Embedder
from engines.faces.recognition.folder import judge
from engines.faces.recognition.recognisers import open_recogniser
from engines.faces.redaction.mosaic import mosaic_of
from engines.faces.tracking.evidence import Evidence, KeptFace, Known, turn_of
from engines.faces.tracking.live_gallery import GalleryWatch, KnownPeople, watch_of
from engines.faces.tracking.live_gaze import GazeReader
from engines.faces.tracking.tracks import Cuts, Track, Tracker, looks
from engines.faces.types import Box, ModelCard, Quality, RecogniserSettings, Recognition, TrackedFace

BUDGET = 2
"""Faces described in one frame."""
SHOWN = 32
"""Faces aligned in one frame, the surest first: a crowd costs no more."""
UNSURE = 0.5
"""Part of the least score down to which a detection goes on with a track."""
TELL_EVERY = 0.3
"""Seconds of media time between two pictures of a track."""
NOBODY = KnownPeople()


@dataclass(frozen=True, slots=True, eq=False)
class TrackFaces:
    """The event "track:N": how track N looks now and its best frames, the best first. None once it is forgotten."""

    track: int
    thumbnail: Image
    kept: tuple[KeptFace, ...] = ()


class FaceRecogniser:
    """`Live[RecogniserSettings, Recognition]` for one view.

    budget: faces described in one frame; shown: faces followed. found: all detections of the last frame, unsure too;
    cut: a new scene began with it.
    """

    def __init__(self, budget: int = BUDGET, shown: int = SHOWN) -> None:
        self._budget, self._shown = budget, shown
        self.found, self.cut = Detections.none(), False
        self._settings = RecogniserSettings()
        self._ctx: Context | None = None
        self._finder: Finder | None = None
        self._embedder: Embedder | None = None
        self._watch: GalleryWatch | None = None
        self._gaze: GazeReader | None = None
        self._tracker, self._evidence, self._cuts = Tracker(), Evidence(0), Cuts()
        self._told: dict[int, tuple[float, int]] = {}
        self._still: tuple[Frame, RecogniserSettings, KnownPeople] | None = None
        self._note = ""
        self._spent: dict[str, float] = {}

    def open(self, settings: RecogniserSettings, ctx: Context) -> None:
        """Raises `FileMissing` for the detector's weights; without the recogniser's nobody is named."""
        ctx.check()
        self._ctx, self._settings = ctx, settings
        self._finder = open_finder(settings.finder)
        ctx.check()
        self._embedder, self._note = self._open_recogniser(settings)
        self._tracker, self._evidence = Tracker(), Evidence(self._dim, settings.keep, self._named)
        self._watch = watch_of(settings, self._card)
        self._gaze = GazeReader(settings.gaze_fit) if settings.gaze else None
        self._still = None

    def configure(self, settings: RecogniserSettings) -> bool:
        """Everything but another recogniser is taken as it goes; tracks stay."""
        before, self._settings = self._settings, settings
        if before.model != settings.model:
            return False
        if before.finder != settings.finder:
            self._finder = open_finder(settings.finder)
        if before.gallery != settings.gallery:
            self._shut_gallery()
            self._watch = watch_of(settings, self._card)
            self._evidence.forget_names()
        if (before.accept, before.threshold) != (settings.accept, settings.threshold):
            self._evidence.forget_names()
        self._evidence.keep = settings.keep
        if not settings.gaze:
            self._gaze = None
        elif self._gaze is None or self._gaze.fit != settings.gaze_fit:
            self._gaze = GazeReader(settings.gaze_fit)
        return True

    def process(self, frames: FrameSet) -> Recognition:
        """Look at the first frame of the set."""
        assert self._finder is not None, "open() comes first"
        began = perf_counter()
        self._spent = {}
        frame = frames[0]
        found = self._find(frame.image)
        with self._timed("align"):
            crops = align.crops(frame.image, found.points)
            qualities = assess(frame.image, found, crops)
        with self._timed("track"):
            self.cut = self._cuts.happened(frame.image)
            if self.cut:
                self._tracker.cut()
            least = self._settings.finder.score
            self._tracker.step(frame.stamp.media_time, found, looks(crops), least, least * UNSURE)
        self._describe(frame, found, crops, qualities)
        people, threshold = self._decide()
        faces = self._faces(frame, qualities, people)
        self._tell(frame, crops)
        self._still = frame, self._settings, people
        spent = (perf_counter() - began) * 1000
        return Recognition(
            frame.stamp,
            size_of(frame.image),
            faces,
            threshold,
            len(people),
            {stage: round(value, 3) for stage, value in self._spent.items()},
            spent,
            self._words(people),
        )

    def again(self) -> Recognition | None:
        """Of the picture that stands still, when the settings or the gallery have changed."""
        if self._still is None:
            return None
        frame, settings, people = self._still
        if settings == self._settings and people is self._people():
            return None
        return self.process([frame])

    @property
    def note(self) -> str:
        """What holds it back, in words, "" nothing."""
        return self._words(self._people())

    def best_of(self, track: int) -> tuple[KeptFace, ...]:
        """The best frames of a track, the best first."""
        known = self._evidence.of(track)
        return tuple(known.kept) if known is not None else ()

    def reset(self, why: Reset) -> None:
        """Who was where no longer holds. Numbers go on."""
        self._tracker.reset()
        self._cuts, self._still = Cuts(), None
        self._evidence.forget(())
        self._forget_told(())
        if self._gaze is not None:
            self._gaze.forget(())

    def close(self) -> None:
        self._shut_gallery()
        self._finder = self._embedder = self._gaze = None

    # --- the steps of a frame

    def _find(self, image: Image) -> Detections:
        assert self._finder is not None
        with self._timed("detect"):
            found = self._finder.detect(image, score=self._settings.finder.score * UNSURE)
            self.found = found.take(np.argsort(-found.scores, kind="stable")[: self._shown])
        return self.found

    def _describe(self, frame: Frame, found: Detections, crops: Image, qualities: tuple[Quality, ...]) -> None:
        """Embed what adds evidence, and see to it that every track is one person."""
        if self._embedder is None:
            return
        time = frame.stamp.media_time
        seen = {track.id: track for track in self._tracker.tracks if track.seen}
        asked = [(id, qualities[track.row].total, turn_of(track.five), track.doubtful) for id, track in seen.items()]
        chosen = self._evidence.wanted(asked, time, self._budget, self._threshold())
        if not chosen:
            return
        rows = [seen[id].row for id in chosen]
        with self._timed("embed"):
            inputs = align.inputs(frame.image, found.points[rows], self._embedder.card, crops[rows])
            vectors, clarity = judge(self._embedder, inputs)
        clear = assess(frame.image, found.take(np.array(rows)), crops[rows], clarity)
        with self._timed("track"):
            for id, row, vector, kept in zip(chosen, rows, vectors, clear, strict=True):
                self._gather(seen[id], vector, frame, qualities[row].total, kept)

    def _gather(self, track: Track, vector: NDArray[np.float32], frame: Frame, seen: float, quality: Quality) -> None:
        """seen: quality before the face was described, which is what faces not yet described are held against."""
        self._identify(track, vector, seen)
        self._evidence.add(track.id, vector, seen, turn_of(track.five), frame.stamp.media_time)
        known = self._evidence.of(track.id)
        if known is not None and self._settings.keep and seen > 0.5 * known.best:
            crop = align.crop(frame.image, track.points, PORTRAIT, MARGIN)
            where = Box(*map(float, track.box))
            face = KeptFace(crop, vector, quality, where, as_points(track.points.astype(np.float32)), frame.stamp)
            self._evidence.keep_face(track.id, face)

    def _identify(self, track: Track, vector: NDArray[np.float32], quality: float) -> None:
        """A new track may be an old person; an old one, after a crossing or a cut, somebody else."""
        known = self._evidence.of(track.id)
        if known is not None:
            if not self._evidence.stranger(track.id, vector, quality):
                track.doubtful = track.doubtful and known.strange > 0
                return
            self._tracker.renumber(track)
        away = [one.id for one in self._tracker.tracks if not one.seen] + [one.id for one in self._tracker.lost]
        before = self._evidence.nearest_track(vector, [id for id in away if id != track.id], quality)
        if before:
            new = track.id
            self._tracker.same(new, before)
            self._evidence.join(new, before)
        track.doubtful = False

    def _decide(self) -> tuple[KnownPeople, float]:
        with self._timed("match"):
            people = self._people()
            threshold = self._threshold()
            refused: dict[int, frozenset[str]] = {}
            for track, person in self._settings.refused:
                refused[track] = refused.get(track, frozenset()) | {person}
            there = [track.id for track in self._tracker.tracks]
            self._evidence.decide(there, people.match if len(people) else None, threshold, refused)
            self._evidence.forget([*there, *(track.id for track in self._tracker.lost)])
        return people, threshold

    def _faces(self, frame: Frame, qualities: tuple[Quality, ...], people: KnownPeople) -> tuple[TrackedFace, ...]:
        faces = [self._face(track, qualities, people) for track in self._tracker.tracks]
        if self._gaze is not None:
            with self._timed("gaze"):
                faces = self._gaze.read(frame.image, faces)
        if self._settings.blur != "off":
            with self._timed("blur"):
                faces = [self._covered(frame.image, face) for face in faces]
        return tuple(faces)

    def _face(self, track: Track, qualities: tuple[Quality, ...], people: KnownPeople) -> TrackedFace:
        known = self._evidence.of(track.id) or Known(np.zeros(0))
        return TrackedFace(
            track.id,
            Box(*map(float, track.box)),
            as_points(track.points.astype(np.float32)),
            track.score,
            qualities[track.row].total if track.seen else 0.0,
            track.seen,
            known.person,
            known.name,
            known.similarity,
            known.nearest,
            people.probability(known.similarity) if known.nearest else 0.0,
            known.count,
            strangers=people.strangers(known.similarity) if known.nearest else 1.0,
        )

    def _covered(self, image: Image, face: TrackedFace) -> TrackedFace:
        if self._settings.blur == "unknown" and face.person:
            return face
        return replace(face, mosaic=mosaic_of(image, face.box))

    def _tell(self, frame: Frame, crops: Image) -> None:
        """Show the tracks to whoever enrols: a few times a second each, and again when a better frame was kept."""
        if self._ctx is None:
            return
        now = frame.stamp.media_time
        for track in self._tracker.tracks:
            kept = self.best_of(track.id)
            newest = max((face.stamp.index for face in kept), default=-1)
            last, shown = self._told.get(track.id, (-np.inf, -1))
            if track.seen and (now - last >= TELL_EVERY or newest > shown):
                self._told[track.id] = (now, newest)
                self._ctx.emit(f"track:{track.id}", TrackFaces(track.id, crops[track.row].copy(), kept))
        self._forget_told([one.id for one in (*self._tracker.tracks, *self._tracker.lost)])

    # --- what it has

    @property
    def _card(self) -> ModelCard | None:
        return self._embedder.card if self._embedder is not None else None

    @property
    def _named(self) -> str:
        return self._embedder.card.name if self._embedder is not None else ""

    @property
    def _dim(self) -> int:
        return self._embedder.card.dim if self._embedder is not None else 0

    def _open_recogniser(self, settings: RecogniserSettings) -> tuple[Embedder | None, str]:
        try:
            return open_recogniser(settings.model, threads=settings.finder.threads), ""
        except FileMissing as error:
            return None, tr("Nobody is named: {message}", message=as_part(error.message))

    def _people(self) -> KnownPeople:
        if self._watch is None:
            return NOBODY
        self._watch.look()
        return self._watch.people

    def _threshold(self) -> float:
        if self._settings.threshold is not None:
            return self._settings.threshold
        people = self._watch.people if self._watch is not None else NOBODY
        return people.threshold(self._settings.accept)

    def _words(self, people: KnownPeople) -> str:
        gaze = self._gaze.note if self._gaze is not None else ""
        return self._note or people.note or gaze

    def _forget_told(self, keep: list[int] | tuple[int, ...]) -> None:
        for track in [track for track in self._told if track not in keep]:
            del self._told[track]
            if self._ctx is not None:
                self._ctx.emit(f"track:{track}", None)

    def _shut_gallery(self) -> None:
        if self._watch is not None:
            self._watch.close()
        self._watch = None

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self._spent[stage] = self._spent.get(stage, 0.0) + (perf_counter() - start) * 1000
