"""Attention: one call over every kernel there is, exact ones and those in linear time, and it says which one ran.

    from engines.attention import attention, attention_with_lse, maps
    out = attention(q, k, v, causal=True)                  # q, k, v: (batch, heads, length, dim)
    out, lse = attention_with_lse(q, k, v, kind="tiled")
    received = maps.mass(q, k, lse)

The names below are imported when they are first used: whoever only needs `types` does not pay for torch.
"""

from __future__ import annotations

from importlib import import_module

_WHERE = {
    "attention": "dispatch",
    "attention_with_lse": "dispatch",
    "heard": "listening",
    "pinned": "listening",
    "Stream": "streams",
}

__all__ = ["maps", *_WHERE]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    if name in _WHERE:
        return getattr(import_module(f"engines.attention.{_WHERE[name]}"), name)
    if name == "maps":
        return import_module("engines.attention.maps")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
