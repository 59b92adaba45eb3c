"""Passwords of streams, which no file of ours keeps: in the system's keyring where there is one, else asked for again.

A keyring may ask its user first, so nothing here belongs on the window's thread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from engines.cameras.types import Source, StreamSource, TiledSource
from engines.core.addresses import bare

SERVICE = "Kinoscope streams"
ASKS = "asks_password"
"""Key of a saved source whose address had a password."""
S = TypeVar("S", bound=Source)


def address_of(source: Source) -> str:
    """The address of a stream, "" for any other source."""
    inner = source.of if isinstance(source, TiledSource) else source
    return inner.url if isinstance(inner, StreamSource) else ""


def has_password(source: Source) -> bool:
    address = address_of(source)
    return bare(address) != address


def with_address(source: Source, address: str) -> Source:
    """The same stream, asked at this address."""
    if isinstance(source, TiledSource) and isinstance(source.of, StreamSource):
        return replace(source, of=replace(source.of, url=address))
    return replace(source, url=address) if isinstance(source, StreamSource) else source


def keep(address: str) -> bool:
    """Put an address with its password into the keyring; whether it is there now."""
    name = bare(address)
    _keyring("set_password", SERVICE, name, address)
    return _keyring("get_password", SERVICE, name) == address


def recall(name: str) -> str:
    """The whole address of a bare one, "" where no keyring has it."""
    address = _keyring("get_password", SERVICE, name)
    return address if isinstance(address, str) and bare(address) == name else ""


def keyring_name() -> str:
    """What keeps them, such as "SecretService Keyring"; "" where there is no keyring that can be used."""
    try:
        import keyring

        ring = keyring.get_keyring()
        return "" if ring.priority < 1 else ring.name
    except Exception:  # as below
        return ""


def _keyring(call: str, *arguments: str) -> Any:
    """None where there is no keyring, or it stays locked."""
    try:
        import keyring

        return getattr(keyring, call)(*arguments)
    except Exception:  # whatever the system's own service says, it is no keyring that can be used
        return None
