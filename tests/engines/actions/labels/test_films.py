"""What labels need of a film, and label files that are read for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.actions.labels.files import write_labels
from engines.actions.labels.films import FilmFacts, film_facts, read_labels_for
from engines.actions.types import Labels, Segment
from engines.core.errors import KinoscopeError
from tests.engines.actions.watching import make_film

LABELS = Labels((Segment(5, 14, "wave"),), ("wave",), 10.0, 30)


@pytest.fixture
def film(tmp_path: Path) -> str:
    return str(make_film(tmp_path / "film.mkv", 30, fps=10))


def test_a_film_tells_its_frames_and_ends_after_the_last(film: str) -> None:
    facts = film_facts(film)
    assert (facts.frames, len(facts.times)) == (30, 30)
    assert facts.rate == pytest.approx(10)
    assert facts.duration == pytest.approx(facts.times[-1] + 0.1)
    assert not facts.times.flags.writeable
    assert facts.known_times is facts.times


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.mkv").write_text("notes")
    with pytest.raises(KinoscopeError):
        film_facts(str(tmp_path / "notes.mkv"))


def test_labels_in_seconds_are_read_before_anything_is_known_of_the_film(film: str, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.eaf", LABELS, film_facts(film).times, film)
    assert FilmFacts().known_times is None
    read = read_labels_for(film, str(tmp_path / "labels.eaf"), FilmFacts())
    assert (read.segments, read.frames) == (LABELS.segments, 30)
    assert read.rate == pytest.approx(10)
