"""Words and grid items of the people page, computed from values, so that no widget is needed."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import PurePath

from engines.core.words import all_of, as_sentence, tr, tr_count
from engines.faces.gallery.types import Expiring, FaceRecord, Forgotten, Found, GalleryInfo, Person, Suggestion
from engines.faces.types import Quality
from widgets.faces.cells import FaceItem
from widgets.faces.words import alike_words, one_in
from widgets.kit.words import DOT, size_words

MEGA = 1e6
NAMES_SHOWN = 5
KEPT = 1 << 15
"""How many names and items are kept from one state to the next."""
SHORT_NAME = 14
SORTS: dict[str, tuple[str, Callable[[Person], tuple[object, ...]]]] = {
    "name": (tr("Name"), lambda person: (folded(person.name), person.id)),
    "faces": (tr("Most faces"), lambda person: (-person.faces, folded(person.name))),
    "newest": (tr("Newest"), lambda person: (-person.created, folded(person.name))),
    "alike": (tr("Least alike"), lambda person: (person.faces < 2, person.cohesion, folded(person.name))),
}
"""Orders of the portraits: title and key."""
WEAKEST = {
    "sharpness": tr("blurred"),
    "size": tr("small"),
    "frontal": tr("turned"),
    "light": tr("badly lit"),
    "score": tr("unclear"),
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
    return FaceItem(
        person.id, person.portrait, person.name, tr_count(person.faces, "{n} face", "{n:,} faces"), about=person
    )


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
    badge, level, words = ("star", "", tr("Portrait")) if face.id == portrait else ("", "", "")
    if not face.confirmed:
        badge, level, words = "question", "warn", tr("Not confirmed")
    quality = face.quality
    return FaceItem(face.id, face.id, quality_words(quality), "", badge, level, quality.total, words, face)


def face_tip(item: FaceItem) -> str:
    """Everything about the face of `face_item`."""
    face = item.about
    assert isinstance(face, FaceRecord)
    source = PurePath(face.source).name or tr("Unknown source")
    lines = [
        source,
        tr("Added {moment_words}", moment_words=moment_words(face.added)),
        quality_tip(face.quality),
        item.words,
    ]
    return "\n".join(line for line in lines if line)


def found_item(found: Found) -> FaceItem:
    """A hit of a search by a face."""
    sub = f"{found.similarity:.2f}{DOT}{one_in(found.strangers)}"
    return FaceItem(found.face, found.face, found.name or tr("Unknown"), sub, about=found)


def found_tip(item: FaceItem) -> str:
    """Everything about the hit of `found_item`."""
    found = item.about
    assert isinstance(found, Found)
    alike = alike_words(found.strangers)
    return tr(
        "{caption}\nSimilarity {similarity:.3f}: {alike}",
        caption=item.caption,
        similarity=found.similarity,
        alike=alike,
    )


def quality_words(quality: Quality) -> str:
    """'0.82', '0.41 blurred'."""
    weakest = quality.weakest
    spoilt = getattr(quality, weakest) < GOOD_PART
    return f"{quality.total:.2f}" + (f" {WEAKEST[weakest]}" if spoilt else "")


def quality_tip(quality: Quality) -> str:
    parts = ("sharpness", "size", "frontal", "light", "score")
    return tr("Quality {total:.2f}: ", total=quality.total) + ", ".join(
        f"{part} {getattr(quality, part):.2f}" for part in parts
    )


def gallery_name(info: GalleryInfo) -> str:
    return PurePath(info.path.replace("\\", "/")).stem or tr("Gallery")


def gallery_line(info: GalleryInfo) -> str:
    """'412 people, 2,951 faces · SFace · encrypted · kept 90 days'."""
    if info.locked:
        return tr("Encrypted and locked")
    parts = [
        tr(
            "{people_words}, {faces}",
            people_words=people_words(info.people),
            faces=tr_count(info.faces, "{n} face", "{n:,} faces"),
        )
    ]
    parts += [info.model] * bool(info.model)
    parts += ["encrypted"] * info.encrypted
    parts += [tr_count(info.keep_days, "kept {n} day", "kept {n:,} days")] * bool(info.keep_days)
    return DOT.join(parts)


def matching_line(info: GalleryInfo, left: int) -> str:
    """'3 of 412 people match'."""
    return tr("{left:,} of {people_words} match", left=left, people_words=people_words(info.people))


def gallery_tip(info: GalleryInfo) -> str:
    return f"{info.path}\n{size_words(info.bytes)}" + (
        tr("\nModel {model_sha256}", model_sha256=info.model_sha256[:12]) if info.model_sha256 else ""
    )


def people_words(number: int) -> str:
    return tr_count(number, "{n} person", "{n:,} people")


def faces_may_be(suggestion: Suggestion) -> str:
    many = len(suggestion.faces)
    return tr("This face may be") if many == 1 else tr("These {many:,} faces may be", many=many)


def sure_words(suggestion: Suggestion) -> str:
    words = alike_words(suggestion.strangers)
    return tr("{words} · similarity {similarity:.2f}", words=as_sentence(words), similarity=suggestion.similarity)


def short_name(name: str) -> str:
    """The first name, or as much of it as a button holds."""
    first = (name.split() or [name])[0]
    return first if len(first) <= SHORT_NAME else first[: SHORT_NAME - 1] + "\u2026"


def names_words(names: Sequence[str]) -> str:
    """'Ada, Bob and Cy', 'Ada, Bob, Cy, Di, Ed and 7 more'."""
    shown = list(names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        shown.append(tr("{count:,} more", count=len(names) - NAMES_SHOWN))
    return all_of(shown) if shown else ""


def person_line(person: Person) -> str:
    """'14 faces · since 3 May 2025'."""
    return tr(
        "{faces} · since {day_words}",
        faces=tr_count(person.faces, "{n} face", "{n:,} faces"),
        day_words=day_words(person.created),
    )


def alike_line(person: Person) -> str:
    """How alike the faces of a person are."""
    return tr("Mean similarity among them {cohesion:.2f}", cohesion=person.cohesion)


def proof_title(done: Forgotten) -> str:
    return (
        tr("Something of {done} is left", done=done.name)
        if done.left
        else tr("Nothing of {done} is left", done=done.name)
    )


def proof_lines(done: Forgotten) -> list[str]:
    """What was searched for how many traces, where something was found and why, what is out of reach."""
    searched = tr(
        "{files}, {size_words} searched for {traces}",
        files=tr_count(len(done.files), "{n} file", "{n:,} files"),
        size_words=size_words(done.searched),
        traces=tr_count(done.traces, "{n} trace", "{n:,} traces"),
    )
    found = "" if done.left else tr(": none is left")
    lines = [
        tr_count(
            done.faces,
            "{n} face deleted; {searched}{found}.",
            "{n:,} faces deleted; {searched}{found}.",
            searched=searched,
            found=found,
        )
    ]
    lines += [tr("Still there: {left}.", left="; ".join(done.left))] * bool(done.left)
    lines += [tr("Out of our reach: {elsewhere}.", elsewhere="; ".join(done.elsewhere))] * bool(done.elsewhere)
    return lines


def expiring_title(dry: Expiring) -> str:
    if not dry.faces:
        return tr_count(
            dry.keep_days,
            "Keeping faces for {n} day would delete nothing today",
            "Keeping faces for {n:,} days would delete nothing today",
        )
    return tr(
        "Keeping faces for {days} would delete {faces} today",
        days=tr_count(dry.keep_days, "{n} day", "{n:,} days"),
        faces=tr_count(dry.faces, "{n} face", "{n:,} faces"),
    )


def expiring_line(dry: Expiring) -> str:
    return (
        tr(
            "Of {names_words}. The oldest is from {day_words}.",
            names_words=names_words(dry.people),
            day_words=day_words(dry.oldest),
        )
        if dry.faces
        else ""
    )


def day_words(when: float) -> str:
    """'3 May 2025'."""
    then = time.localtime(when)
    return f"{then.tm_mday} {time.strftime('%b %Y', then)}"


def moment_words(when: float) -> str:
    """'14:05' today, '3 May 2025, 14:05' before."""
    then = time.localtime(when)
    clock = time.strftime("%H:%M", then)
    return clock if then[:3] == time.localtime()[:3] else f"{day_words(when)}, {clock}"
