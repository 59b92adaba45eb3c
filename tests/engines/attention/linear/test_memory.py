"""Extra memory at 16k tokens stays far below the matrix of scores, which is of 1024 MB."""

from engines.attention.measuring.memory import extra_mb
from engines.attention.types import MemoryCase, WhichSpec

CASES = [
    MemoryCase(kind, WhichSpec(length=16384, causal=causal))
    for kind, causal in [
        ("linear", True),
        ("decay", True),
        ("performer", False),
        ("performer", True),
        ("local", False),
        ("strided", True),
    ]
]


def test_no_kind_makes_the_whole_matrix():
    found = {(case.kind, case.asked.causal): mb for case, mb in zip(CASES, extra_mb(CASES), strict=True)}
    assert all(mb is not None for mb in found.values()), found
    assert max(found.values()) < 64, found
