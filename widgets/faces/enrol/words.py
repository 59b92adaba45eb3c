"""Words and rows of the review of an enrolment: people with their faces, those in doubt with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engines.core.words import as_part, tr, tr_count
from engines.faces.gallery.types import Candidate, Doubt
from widgets.faces.people.words import folded, people_words
from widgets.faces.words import file_name

DOUBTS: dict[Doubt, str] = {
    "unreadable": tr("Cannot be read"),
    "no-face": tr("No face found"),
    "many-faces": tr("Several faces in the picture"),
    "blurred": tr("Blurred"),
    "profile": tr("In profile"),
    "small": tr("Small"),
    "dark": tr("Badly lit"),
    "duplicate": tr("Nearly the same picture"),
    "other-person": tr("Looks like someone else"),
    "outlier": tr("Unlike the others"),
}
NAMELESS = tr("No name yet")
USELESS = tr("Without a face")


class Kind(Enum):
    """PERSON: a heading. FACE: a face without doubts. DOUBT: one with its reasons and what it resembles."""

    PERSON = "person"
    FACE = "face"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Row:
    """members: of the review's candidates; one, or all of the person below a heading."""

    kind: Kind
    title: str
    members: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.members[0]


@dataclass(frozen=True, slots=True)
class Review:
    """Candidates with what the user made of them."""

    candidates: tuple[Candidate, ...] = ()
    taken: tuple[bool, ...] = ()
    names: tuple[str, ...] = ()

    def name(self, index: int) -> str:
        return self.names[index] if index < len(self.names) else self.candidates[index].name

    def takes(self, index: int) -> bool:
        return self.taken[index] if index < len(self.taken) else self.candidates[index].take

    def usable(self, index: int) -> bool:
        """There is a face that can be stored."""
        return self.candidates[index].row >= 0

    @property
    def chosen(self) -> list[int]:
        """What would be stored."""
        return [index for index in range(len(self.candidates)) if self.usable(index) and self.takes(index)]

    @property
    def held(self) -> list[int]:
        """Faces that are held back for a doubt."""
        return [index for index in self.doubted if self.usable(index) and not self.takes(index)]

    @property
    def useless(self) -> list[int]:
        """Pictures without a face that could be stored."""
        return [index for index in range(len(self.candidates)) if not self.usable(index)]

    @property
    def doubted(self) -> list[int]:
        return [index for index, one in enumerate(self.candidates) if one.doubts]

    @property
    def nameless(self) -> list[int]:
        """Chosen, but nobody said who it is."""
        return [index for index in self.chosen if not self.name(index).strip()]


def rows_of(review: Review, only_doubts: bool = False) -> tuple[Row, ...]:
    """Headings in the order of names, below each the faces, then the doubtful ones; pictures without a face last."""
    people: dict[str, list[int]] = {}
    useless: list[int] = []
    for index in range(len(review.candidates)):
        if only_doubts and not review.candidates[index].doubts:
            continue
        (people.setdefault(review.name(index), []) if review.usable(index) else useless).append(index)
    rows: list[Row] = []
    for name in sorted(people, key=lambda name: (not name, folded(name))):
        rows += _person_rows(review, name or NAMELESS, people[name])
    return (*rows, *_person_rows(review, USELESS, useless)) if useless else tuple(rows)


def _person_rows(review: Review, title: str, members: list[int]) -> list[Row]:
    doubtful = [index for index in members if review.candidates[index].doubts]
    clear = [index for index in members if not review.candidates[index].doubts]
    return [
        Row(Kind.PERSON, title, tuple(members)),
        *(Row(Kind.FACE, title, (index,)) for index in clear),
        *(Row(Kind.DOUBT, title, (index,)) for index in doubtful),
    ]


def summary(review: Review) -> str:
    """'23 faces of 5 people; 4 held back; 2 without a face'."""
    chosen = review.chosen
    people = {review.name(index) for index in chosen} - {""}
    words = tr_count(
        len(chosen),
        "{n} face of {people_words}",
        "{n:,} faces of {people_words}",
        people_words=people_words(len(people)),
    )
    held, nameless, useless = len(review.held), len(review.nameless), len(review.useless)
    words += tr("; {held:,} held back", held=held) if held else ""
    words += tr("; {useless:,} without a face", useless=useless) if useless else ""
    return tr("{nameless:,} without a name; {words}", nameless=nameless, words=words) if nameless else words


def store_problem(review: Review) -> str:
    """Why nothing can be stored, or ""."""
    if not review.chosen:
        return tr("Tick at least one face")
    nameless = len(review.nameless)
    return tr_count(nameless, "{n} ticked face without a name", "{n:,} ticked faces without a name") if nameless else ""


def person_words(review: Review, row: Row) -> str:
    """'5 faces, 1 held back' below a heading."""
    if row.title == USELESS:
        return tr_count(len(row.members), "{n} picture", "{n:,} pictures")
    held = sum(1 for index in row.members if review.candidates[index].doubts and not review.takes(index))
    return tr_count(len(row.members), "{n} face", "{n:,} faces") + (
        tr(", {held:,} held back", held=held) if held else ""
    )


def doubt_title(candidate: Candidate) -> str:
    """'Blurred, small'."""
    words = [DOUBTS.get(doubt, doubt) for doubt in candidate.doubts]
    return ", ".join([words[0], *(as_part(word) for word in words[1:])]) if words else ""


def candidate_tip(review: Review, index: int) -> str:
    """Everything about one candidate, line by line."""
    one = review.candidates[index]
    lines = [file_name(one.file), review.name(index) or NAMELESS, doubt_title(one), one.words]
    if one.quality is not None:
        lines.append(tr("Quality {total:.2f}", total=one.quality.total))
    return "\n".join(line for line in lines if line)


def spoken(review: Review, row: Row) -> str:
    """What a screen reader says of a row."""
    if row.kind is Kind.PERSON:
        return f"{row.title}, {person_words(review, row)}"
    taken = "ticked" if review.usable(row.first) and review.takes(row.first) else tr("not ticked")
    return ", ".join((*candidate_tip(review, row.first).split("\n"), taken))
