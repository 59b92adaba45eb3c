"""Addresses of streams without their passwords: for all that is shown, logged, stored or exported.

A password may hold any character. Where it is not clear what ends it, everything up to the last @ is taken for it.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from engines.core.words import tr

_SECRET = r"[\w\-]*(?:pass|pwd|psw|secret|token|auth|cred|session|signature)[\w\-]*|[\w\-]*(?:pas|key|sig)|-?pw|sid"
_BEGIN = r"[a-z][a-z0-9+.\-]+:/{1,3}"
_IN_TEXT = re.compile(rf"\b{_BEGIN}(?:[^\s@/?#:]*:(?!\d{{1,5}}(?:[/\s]|$))[^\n]*@\S*|\S+)", re.IGNORECASE)
_PARTS = re.compile(rf"(\s*{_BEGIN})(.*)", re.IGNORECASE | re.DOTALL)
_FIELD = re.compile(rf"(?<=[?&;#])({_SECRET})=[^&]*(?:&[^=&]*(?=&|$))*", re.IGNORECASE)
_EMPTY_FIELD = re.compile(rf"(?<=[?&;#])({_SECRET})=(?=&|$)", re.IGNORECASE)
_PATH = re.compile(r"[/\\.~]|[a-z]:[/\\]", re.IGNORECASE)


def bare(address: str) -> str:
    """An address without its passwords; the user's name stays. Any other text comes back as it is."""
    found = _PARTS.fullmatch(address)
    if found is None:
        return address
    begin, rest = found.groups()
    user, password, place = _split(rest)
    return begin + _FIELD.sub(r"\1=", f"{user}@{place}" if password else rest)


def hidden(text: str) -> str:
    """A sentence, or a page of a log, in which every address is bare."""
    return _IN_TEXT.sub(lambda found: bare(found[0]), text) if ":/" in text else text


def typed(text: str) -> str:
    """Text typed for an address that is none, fit to be shown: it may hold a password all the same."""
    before, _, after = text.rpartition("@")
    if ":" not in before or _PATH.match(text) or _PARTS.fullmatch(text):
        return bare(text)
    return f"{before.partition(':')[0]}@{after}"


def without_passwords(value: Any) -> Any:
    """A JSON value in which every text that is an address is bare."""
    if isinstance(value, str):
        return bare(value)
    if isinstance(value, dict):
        return {key: without_passwords(item) for key, item in value.items()}
    return [without_passwords(item) for item in value] if isinstance(value, list | tuple) else value


def with_password(address: str, password: str) -> str:
    """A bare address with a password where one belongs; it may hold any character."""
    found = _PARTS.fullmatch(address)
    if found is None:
        return address
    begin, rest = found.groups()
    written = quote(password, safe="")
    user, at, place = rest.partition("@")
    if at and not re.search(r"[/?#]", user):
        return f"{begin}{user}:{written}@{place}"
    return begin + _EMPTY_FIELD.sub(lambda field: f"{field[1]}={written}", rest)


def ill_written(address: str) -> str:
    """Advice on an address whose password no program could find the end of; "" when all is well."""
    found = _PARTS.fullmatch(address)
    rest = "" if found is None else found[2]
    _, password, _ = _split(rest)
    ends_early = bool(password) and rest.rfind("@") > len(_head(rest))
    if not ends_early and not re.search(r"\s", rest.strip()):
        return ""
    return tr("In a name or password write # as %23, / as %2F, ? as %3F, @ as %40 and a space as %20")


def _split(rest: str) -> tuple[str, str, str]:
    """User, password and what follows the @; without a password the last is all."""
    before, at, place = rest.rpartition("@")
    head = re.sub(r"^\[[^\]]*\]", "", _head(rest)[: len(before)])
    user, _, password = before.partition(":")
    if at and (":" in head or ("#" in before and ":" in before)):
        return user, password, place
    return "", "", rest


def _head(rest: str) -> str:
    """Name, password, host and port, as every reader of addresses takes them."""
    return re.split(r"[/?#\\]", rest, maxsplit=1)[0]
