"""The one call: checks what is asked, takes the kernel that is named or the fastest here, and tells which one ran.

`auto` chooses among exact kernels alone. One that fails at run time is left for the next, and whoever listens is told.
"""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import Tensor

from engines.attention.auto.choice import failed as not_again
from engines.attention.auto.choice import order
from engines.attention.kernels import Kernel, able, kernel
from engines.attention.listening import LISTENER, PIN, Call
from engines.attention.request import Request, request
from engines.core.errors import OutOfResources, UsageError, WorkFailed
from engines.core.training.threads import ran_out
from engines.core.words import tr

Rest: TypeAlias = tuple[bool, Tensor | None, Tensor | None, float | None, int | None]
AUTOCAST = ("cpu", "cuda")
HINT = tr("Choose a kind that needs no whole matrix (tiled, sdpa), a smaller batch, or another device")


def attention(
    q: Tensor, k: Tensor, v: Tensor, *, kind: str = "auto", causal: bool = False, mask: Tensor | None = None,
    bias: Tensor | None = None, scale: float | None = None, window: int | None = None,
) -> Tensor:  # fmt: skip
    """softmax(q k^T scale + bias) v over what is seen, (B, H, N, e); for kinds in linear time what they put for it.

    q: (B, H, N, d); k: (B, H, M, d); v: (B, H, M, e), of one floating-point dtype. kind: a name of `types.KINDS`, or
    "auto": the fastest exact one on this machine. mask: bool, True is seen, broadcast to (B, H, N, M); bias: floats,
    added. causal: query i sees keys up to its own place, the queries being the last N of M. scale: 1 / sqrt(d).
    window: key j is seen where |i - j| < window; to `strided` it is the stride. The mask of `block` is one of blocks,
    (N / rows, M / columns). Which kernel ran is told to `heard()`.

    Raises `UsageError` for what does not fit or the kind cannot do, naming those that can; `OutOfResources`;
    `WorkFailed` where the kind fails at run time.
    """
    return _given(q, k, v, kind, False, (causal, mask, bias, scale, window))[0]


def attention_with_lse(
    q: Tensor, k: Tensor, v: Tensor, *, kind: str = "auto", causal: bool = False, mask: Tensor | None = None,
    bias: Tensor | None = None, scale: float | None = None, window: int | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`attention` and the natural log-sum-exp of every row's scores, (B, H, N), in float32 or wider; -inf where a row
    sees no key. Parts over disjoint keys are merged by it, and `maps` are drawn from it.
    """
    out, lse = _given(q, k, v, kind, True, (causal, mask, bias, scale, window))
    assert lse is not None
    return out, lse


def _given(q: Tensor, k: Tensor, v: Tensor, kind: str, lse: bool, rest: Rest) -> tuple[Tensor, Tensor | None]:
    """Under autocast in its dtype (but float64), as torch's own attention, not as each kernel's products have it."""
    device = q.device.type
    if device not in AUTOCAST or not torch.is_autocast_enabled(device):
        return _run(request(q, k, v, *rest, kind == "block"), kind, lse)
    dtype = torch.get_autocast_dtype(device)
    q, k, v = (x if x.dtype == torch.float64 else x.to(dtype) for x in (q, k, v))
    with torch.autocast(device, enabled=False):
        return _given(q, k, v, kind, lse, rest)


def _run(asked: Request, kind: str, lse: bool) -> tuple[Tensor, Tensor | None]:
    if kind == "auto":
        return _fastest(asked, lse)
    chosen = kernel(kind)
    why = chosen.refuses(asked, lse)
    if why:
        raise UsageError(
            tr("{kind} cannot do this: {why}", kind=kind, why=why),
            hint=tr("These can: {able}", able=", ".join(able(asked, lse))),
        )
    try:
        found = chosen.forward(asked, lse)
    except (RuntimeError, MemoryError, ImportError) as error:
        raise _failure(kind, error) from error
    return _tell(asked, chosen, "", *found)


def _fastest(asked: Request, lse: bool) -> tuple[Tensor, Tensor | None]:
    note = ""
    failed: dict[str, Exception] = {}
    for name, why in order(asked, lse, PIN.get()):
        chosen = kernel(name)
        try:
            found = chosen.forward(asked, lse)
        except (RuntimeError, MemoryError, ImportError) as error:
            failed[name] = error.with_traceback(None)
            note = tr(
                "{name} failed and the next kernel was taken: {first_line}", name=name, first_line=_first_line(error)
            )
            continue
        for broken, cause in failed.items():
            not_again(asked, lse, broken, _first_line(cause))
        return _tell(asked, chosen, note or why, *found)
    raise _failure("auto", next(iter(failed.values()), RuntimeError("no kernel can do this")))


def _tell(asked: Request, chosen: Kernel, note: str, out: Tensor, lse: Tensor | None) -> tuple[Tensor, Tensor | None]:
    listener = LISTENER.get()
    if listener is not None:
        listener(Call(chosen.name, chosen.version, note, asked, out, lse))
    return out, lse


def _failure(kind: str, error: Exception) -> Exception:
    if ran_out(error):
        return OutOfResources(tr("There is not enough memory for this attention by {kind}", kind=kind), hint=HINT)
    return WorkFailed(
        tr("The attention {kind} failed: {first_line}", kind=kind, first_line=_first_line(error)),
        hint=tr("Choose another kind"),
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
