"""The file of what was said ahead has a name of its own for every score file."""

from __future__ import annotations

import pytest

from engines.actions.labels.score_files import ahead_file


@pytest.mark.parametrize(
    ("scores", "file"),
    [("a.csv", "a.ahead.npy"), ("My run v1.2", "My run v1.2.ahead.npy"), ("v1.3.csv", "v1.3.ahead.npy")],
)
def test_only_the_ending_of_a_table_gives_way(scores: str, file: str) -> None:
    assert ahead_file(f"runs/{scores}").as_posix() == f"runs/{file}"
