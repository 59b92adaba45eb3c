"""Words and grid items of the people page, computed from values, so that no widget is needed."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import PurePath

from engines.faces.gallery.types import Expiring, FaceRecord, Forgotten, Found, GalleryInfo, Person, Suggestion
from engines.faces.types import Quality
from widgets.faces.cells import FaceItem
from widgets.faces.words import alike_words, one_in
from widgets.kit.words import DOT, count, size_words

MEGA = 1e6
NAMES_SHOWN = 5
KEPT = 1 << 15
"""How many names and items are kept from one state to the next."""
SHORT_NAME = 14
SORTS: dict[str, tuple[str, Callable[[Person], tuple[object, ...]]]] = {
    "name": ("Name", lambda person: (folded(person.name), person.id)),
    "faces": ("Most faces", lambda person: (-person.faces, folded(person.name))),
    "newest": ("Newest", lambda person: (-person.created, folded(person.name))),
    "alike": ("Least alike", lambda person: (person.faces < 2, person.cohesion, folded(person.name))),
}
"""Orders of the portraits: title and key."""
WEAKEST = {
    "sharpness": "blurred",
    "size": "small",
    "frontal": "turned",
    "light": "badly lit",
    "score": "unclear",
}
GOOD_PART = 0.5


@lru_cache(KEPT)
def folded(text: str) -> str:
    """Without case and accents, for looking things up: 'Zoë' as 'zoe'."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def matching(people: Sequence[Person], text: str) -> tuple[Person, ...]:
    """Those whose name holds every word that was typed."""
    words = folded(text).split()
    return tuple(person for person in people if all(word in folded(person.name) for word in words))


def person_items(people: Sequence[Person], sort: str) -> tuple[FaceItem, ...]:
    return tuple(person_item(person) for person in sorted(people, key=SORTS[sort][1]))


@lru_cache(KEPT)
def person_item(person: Person) -> FaceItem:
    return FaceItem(person.id, person.portrait, person.name, count(person.faces, "face"), about=person)


def person_tip(item: FaceItem) -> str:
    """Everything about the person of `person_item`."""
    person = item.about
    assert isinstance(person, Person)
    lines = [person.name, person_line(person)]
    lines += [alike_line(person)] * (person.faces > 1)
    lines += [person.note] * bool(person.note)
    return "\n".join(lines)


def face_item(face: FaceRecord, portrait: str) -> FaceItem:
    """A stored face: its quality as a number and a bar, and what spoils it."""
    badge, level, words = ("star", "", "Portrait") if face.id == portrait else ("", "", "")
    if not face.confirmed:
        badge, level, words = "question", "warn", "Not confirmed"
    quality = face.quality
    return FaceItem(face.id, face.id, quality_words(quality), "", badge, level, quality.total, words, face)


def face_tip(item: FaceItem) -> str:
    """Everything about the face of `face_item`."""
    face = item.about
    assert isinstance(face, FaceRecord)
    source = PurePath(face.source).name or "Unknown source"
    lines = [source, f"Added {moment_words(face.added)}", quality_tip(face.quality), item.words]
    return "\n".join(line for line in lines if line)


def found_item(found: Found) -> FaceItem:
    """A hit of a search by a face."""
    sub = f"{found.similarity:.2f}{DOT}{one_in(found.strangers)}"
    return FaceItem(found.face, found.face, found.name or "Unknown", sub, about=found)


def found_tip(item: FaceItem) -> str:
    """Everything about the hit of `found_item`."""
    found = item.about
    assert isinstance(found, Found)
    alike = alike_words(found.strangers)
    return f"{item.caption}\nSimilarity {found.similarity:.3f}: {alike}"


def quality_words(quality: Quality) -> str:
    """'0.82', '0.41 blurred'."""
    weakest = quality.weakest
    spoilt = getattr(quality, weakest) < GOOD_PART
    return f"{quality.total:.2f}" + (f" {WEAKEST[weakest]}" if spoilt else "")


def quality_tip(quality: Quality) -> str:
    parts = ("sharpness", "size", "frontal", "light", "score")
    return f"Quality {quality.total:.2f}: " + ", ".join(f"{part} {getattr(quality, part):.2f}" for part in parts)


def gallery_name(info: GalleryInfo) -> str:
    return PurePath(info.path.replace("\\", "/")).stem or "Gallery"


def gallery_line(info: GalleryInfo) -> str:
    """'412 people, 2,951 faces · SFace · encrypted · kept 90 days'."""
    if info.locked:
        return "Encrypted and locked"
    parts = [f"{people_words(info.people)}, {count(info.faces, 'face')}"]
    parts += [info.model] * bool(info.model)
    parts += ["encrypted"] * info.encrypted
    parts += [f"kept {count(info.keep_days, 'day')}"] * bool(info.keep_days)
    return DOT.join(parts)


def matching_line(info: GalleryInfo, left: int) -> str:
    """'3 of 412 people match'."""
    return f"{left:,} of {people_words(info.people)} match"


def gallery_tip(info: GalleryInfo) -> str:
    return f"{info.path}\n{size_words(info.bytes)}" + (f"\nModel {info.model_sha256[:12]}" if info.model_sha256 else "")


def people_words(number: int) -> str:
    return f"{number:,} {'person' if number == 1 else 'people'}"


def faces_may_be(suggestion: Suggestion) -> str:
    many = len(suggestion.faces)
    return "This face may be" if many == 1 else f"These {many:,} faces may be"


def sure_words(suggestion: Suggestion) -> str:
    words = alike_words(suggestion.strangers)
    return f"{words[:1].upper()}{words[1:]}{DOT}similarity {suggestion.similarity:.2f}"


def short_name(name: str) -> str:
    """The first name, or as much of it as a button holds."""
    first = (name.split() or [name])[0]
    return first if len(first) <= SHORT_NAME else first[: SHORT_NAME - 1] + "\u2026"


def names_words(names: Sequence[str]) -> str:
    """'Ada, Bob and Cy', 'Ada, Bob, Cy, Di, Ed and 7 more'."""
    shown = list(names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        shown.append(f"{len(names) - NAMES_SHOWN:,} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def person_line(person: Person) -> str:
    """'14 faces · since 3 May 2025'."""
    return f"{count(person.faces, 'face')}{DOT}since {day_words(person.created)}"


def alike_line(person: Person) -> str:
    """How alike the faces of a person are."""
    return f"Mean similarity among them {person.cohesion:.2f}"


def proof_title(done: Forgotten) -> str:
    return f"Something of {done.name} is left" if done.left else f"Nothing of {done.name} is left"


def proof_lines(done: Forgotten) -> list[str]:
    """What was searched for how many traces, where something was found and why, what is out of reach."""
    searched = (
        f"{count(len(done.files), 'file')}, {size_words(done.searched)} searched for {count(done.traces, 'trace')}"
    )
    found = "" if done.left else ": none is left"
    lines = [f"{count(done.faces, 'face')} deleted; {searched}{found}."]
    lines += [f"Still there: {'; '.join(done.left)}."] * bool(done.left)
    lines += [f"Out of our reach: {'; '.join(done.elsewhere)}."] * bool(done.elsewhere)
    return lines


def expiring_title(dry: Expiring) -> str:
    if not dry.faces:
        return f"Keeping faces for {count(dry.keep_days, 'day')} would delete nothing today"
    return f"Keeping faces for {count(dry.keep_days, 'day')} would delete {count(dry.faces, 'face')} today"


def expiring_line(dry: Expiring) -> str:
    return f"Of {names_words(dry.people)}. The oldest is from {day_words(dry.oldest)}." if dry.faces else ""


def day_words(when: float) -> str:
    """'3 May 2025'."""
    then = time.localtime(when)
    return f"{then.tm_mday} {time.strftime('%b %Y', then)}"


def moment_words(when: float) -> str:
    """'14:05' today, '3 May 2025, 14:05' before."""
    then = time.localtime(when)
    clock = time.strftime("%H:%M", then)
    return clock if then[:3] == time.localtime()[:3] else f"{day_words(when)}, {clock}"
