import os

import pytest

from engines.attention.measuring.memory import extra_mb
from engines.attention.types import MemoryCase, WhichSpec
from engines.core.errors import UsageError

ASKED = WhichSpec(heads=4, length=1024)


def dies(asked):
    os._exit(9)


def test_a_matrix_of_scores_counts_and_the_output_does_not():
    naive, died, sdpa = extra_mb(
        [MemoryCase("naive", ASKED), MemoryCase(f"{__name__}:dies", ASKED), MemoryCase("sdpa", ASKED)]
    )
    assert naive == pytest.approx(32, rel=0.1)  # scores and weights, 4 x 1024 x 1024 floats each
    assert died is None
    assert sdpa < 4


def test_a_kind_that_there_is_not():
    with pytest.raises(UsageError, match="nope"):
        extra_mb([MemoryCase("nope", ASKED)])
