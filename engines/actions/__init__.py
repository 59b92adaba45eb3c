"""Online action detection: what is happening now, and what comes next, from the past alone.

    from engines.actions import TRN
    network = TRN(inputs=3072, classes=22, features=3072, hidden=4096, future_steps=8)

The names below are imported when they are first used: whoever only needs `types` does not pay for torch.
"""

from __future__ import annotations

from importlib import import_module

_WHERE = {
    "TRN": "heads.trn",
    "IDN": "heads.idn",
    "MiniROAD": "heads.gru",
    "Recurrent": "heads.gru",
    "build": "heads.building",
    "load_published": "heads.published",
    "open_stream": "heads.streaming",
}

__all__ = list(_WHERE)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    if name in _WHERE:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
