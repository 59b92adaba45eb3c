import torch

from engines.attention import attention_with_lse
from engines.attention.parts import merge


def test_parts_of_the_keys_merge_to_the_whole():
    made = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 3, n, 8, generator=made, dtype=torch.float64) for n in (5, 20, 20))
    seen = torch.rand(5, 20, generator=made) > 0.5
    seen[1] = False
    seen[2, :7] = False
    parts = [(0, 7), (7, 8), (8, 20)]
    some = (
        attention_with_lse(q, k[:, :, a:b], v[:, :, a:b], mask=seen[:, a:b], kind=kind)
        for (a, b), kind in zip(parts, ("tiled", "naive", "sdpa"), strict=True)
    )
    out, total = merge(some)
    true, true_total = attention_with_lse(q, k, v, mask=seen, kind="naive")
    torch.testing.assert_close(out, true, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(total, true_total, rtol=1e-12, atol=1e-12)
    assert not out[:, :, 1].any()
