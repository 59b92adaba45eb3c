"""Values of the gallery: people, their faces, groups of unknown ones, and what was changed. Plain values.

A picture of a face is asked for by its id (`Gallery.thumbnail`), never carried in these values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engines.core.pictures.files import LeftOut
from engines.faces.types import Box, FivePoints, Quality

Doubt: TypeAlias = Literal[
    "unreadable", "no-face", "many-faces", "blurred", "profile", "small", "dark", "duplicate", "other-person", "outlier"
]
"""Why an enrolment picture is held back: see `Candidate`."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person. portrait: id of the face that stands for them. Times are seconds since 1970 (UTC).

    faces: how many there are. cohesion: mean similarity of their faces to the rest of them, 0 with fewer than two.
    """

    id: str
    name: str
    faces: int
    portrait: str
    created: float
    updated: float
    note: str = ""
    cohesion: float = 0.0


@dataclass(frozen=True, slots=True)
class FaceRecord:
    """One stored face. person: "" while unknown. source: the file or feed it came from, with the frame's time."""

    id: str
    person: str
    source: str
    added: float
    quality: Quality
    box: Box
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Cluster:
    """Faces of one unknown person, the best first. tightness: mean cosine among them."""

    faces: tuple[str, ...]
    tightness: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """ "These may be `person`": to be confirmed or refused with one click. strangers: share of strangers who look as
    much like somebody in the gallery as the least sure of these faces.
    """

    faces: tuple[str, ...]
    person: str
    name: str
    similarity: float
    probability: float
    strangers: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of a search by a face. probability: that it is the same person, at even odds. strangers: share of
    strangers who look this much like this face.
    """

    face: str
    person: str
    name: str
    similarity: float
    probability: float
    strangers: float = 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the gallery's history. what: in words ("Merged A into B"). undone: it was taken back.

    who: the name of whoever it was about, as it was after; it is not kept.
    """

    id: int
    at: float
    kind: str
    what: str
    undone: bool = False
    who: str = ""


@dataclass(frozen=True, slots=True)
class GalleryInfo:
    """A gallery file. model: card name; model_sha256 binds its embeddings. keep_days: retention, 0 for ever.

    locked: it is encrypted and was not unlocked here. read_only: it is open elsewhere, or the rights are missing.
    """

    path: str
    people: int = 0
    faces: int = 0
    unknown: int = 0
    model: str = ""
    model_sha256: str = ""
    dim: int = 0
    encrypted: bool = False
    locked: bool = False
    read_only: bool = False
    keep_days: int = 0
    bytes: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class GatherSpec:
    """Find and judge faces for an enrolment, without storing anything.

    files: pictures or folders. naming: who a picture shows: "folder" (one folder a person), "file" (NAME_0001.jpg),
    "auto" (whichever fits), or "one" (all show `person`). gallery: to look for duplicates and other people's faces, ""
    for none (an encrypted one is compared by whoever has its key). out: folder for the review's pictures.
    """

    files: tuple[str, ...]
    out: str
    naming: Literal["auto", "folder", "file", "one"] = "auto"
    person: str = ""
    model: str = "sface"
    search: Literal["plain", "pyramid"] = "pyramid"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One face that may be enrolled. crop: picture file of the aligned face, "" when there is none.

    doubts: why it is held back, worst first, with `words` for a person to read; like: the other face meant by
    "duplicate" or "other-person" (a crop file, or a face id of the gallery), with its name. take: what is advised.
    row: of the review's `vectors.npy`, -1 without a face.
    """

    file: str
    name: str
    crop: str = ""
    row: int = -1
    box: Box | None = None
    points: FivePoints | None = None
    quality: Quality | None = None
    doubts: tuple[Doubt, ...] = ()
    words: str = ""
    like: str = ""
    like_name: str = ""
    take: bool = True


@dataclass(frozen=True, slots=True)
class Gathered:
    """A review: `folder` holds crops and `vectors.npy` (rows x dim); it goes when the review is stored or dropped.

    left_out: files that are no pictures that can be read.
    """

    folder: str
    model_sha256: str
    candidates: tuple[Candidate, ...]
    people: int
    seconds: float
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted of a person, and the proof: `searched` bytes of `files` hold none of `traces` any more.

    left: where something was still found (should be empty), in words. elsewhere: what we cannot reach, in words
    (the original pictures, exports that were moved).
    """

    name: str
    faces: int
    files: tuple[str, ...]
    searched: int
    traces: int
    left: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expiring:
    """What a retention period would delete today: the dry run."""

    keep_days: int
    faces: int
    people: tuple[str, ...]
    oldest: float
