"""The gallery's encryption at rest: authenticated, every value bound to its place, keys held by this process alone.

A random data key encrypts values (AES-256-GCM, a random nonce each). Associated data is schema version, model hash,
table, row and column, so a value that was moved to another row, or to a gallery of another model, is refused like a
flipped bit. The data key itself lies in the file's header wrapped by scrypt of a passphrase (Percival, 2009), or in the
system's keyring, where only its name is in the file.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from engines.core.errors import BadInput, WorkFailed
from engines.core.reading import parse_json
from engines.core.spec import from_json
from engines.core.words import tr

SCRYPT_N = 2**17
"""Cost of a guess: 128 MiB and a third of a second (OWASP's advice with r = 8, p = 1)."""
LARGEST_N = 2**20
NONCE = 12
SERVICE = "Kinoscope faces"
CHANGED = tr("A value cannot be verified: the file is damaged or was changed")
RESTORE = tr("Restore it from a backup")


class Cipher(Protocol):
    """What values go through on their way to the file and back."""

    def seal(self, value: bytes, table: str, row: str, column: str) -> bytes: ...

    def open(self, stored: bytes, table: str, row: str, column: str) -> bytes: ...


class Plain:
    """No encryption."""

    def seal(self, value: bytes, table: str, row: str, column: str) -> bytes:
        return value

    def open(self, stored: bytes, table: str, row: str, column: str) -> bytes:
        return stored


class Sealed:
    """AES-256-GCM; stored = nonce, ciphertext, tag. Raises `BadInput` for what was not sealed for this very place."""

    def __init__(self, key: bytes, path: Path, schema: int, model: str) -> None:
        self._aead = AESGCM(key)
        self._path = path
        self._bound = f"{schema}|{model}"

    def seal(self, value: bytes, table: str, row: str, column: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._aead.encrypt(nonce, value, self._place(table, row, column))

    def open(self, stored: bytes, table: str, row: str, column: str) -> bytes:
        try:
            return self._aead.decrypt(stored[:NONCE], stored[NONCE:], self._place(table, row, column))
        except (InvalidTag, ValueError) as error:
            where = tr("{table}.{column} of {row}", table=table, column=column, row=row)
            raise BadInput(f"{CHANGED} ({where})", path=self._path, hint=RESTORE) from error

    def _place(self, table: str, row: str, column: str) -> bytes:
        return f"{self._bound}|{table}|{row}|{column}".encode()


@dataclass(frozen=True, slots=True)
class Header:
    """How a gallery's key is kept. kind: "plain", "passphrase" or "keyring". Bytes are base64.

    salt, n, wrapped: of scrypt and the data key under it. name: of the keyring's entry. check: proves the data key.
    """

    kind: str = "plain"
    salt: str = ""
    n: int = 0
    wrapped: str = ""
    name: str = ""
    check: str = ""

    def to_text(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__slots__})

    @staticmethod
    def of(text: str) -> Header:
        """Raises `BadInput` for what is not a header."""
        try:
            header: Header = from_json(Header, parse_json(text))
        except BadInput as error:
            raise BadInput(tr("The gallery's key header is damaged"), hint=RESTORE) from error
        if header.kind not in ("plain", "passphrase", "keyring"):
            raise BadInput(tr("The gallery's key header is damaged"), hint=RESTORE)
        return header


PLAIN = Header()


def new_key() -> bytes:
    return AESGCM.generate_key(256)


def wrap(key: bytes, passphrase: str) -> Header:
    """The data key under a passphrase. Raises `BadInput` for an empty one."""
    if not passphrase:
        raise BadInput(tr("The passphrase is empty"), hint=tr("Type at least one character; a sentence is better"))
    salt = os.urandom(16)
    header = Header("passphrase", _text(salt), SCRYPT_N)
    nonce = os.urandom(NONCE)
    box = AESGCM(_stretch(passphrase, salt, SCRYPT_N)).encrypt(nonce, key, _bound(header))
    return _checked(replace(header, wrapped=_text(nonce + box)), key)


def unwrap(header: Header, passphrase: str) -> bytes:
    """The data key. Raises `BadInput` when passphrase or header is wrong."""
    try:
        salt, box = base64.b64decode(header.salt, validate=True), base64.b64decode(header.wrapped, validate=True)
        if not 2 <= header.n <= LARGEST_N:
            raise ValueError
        return AESGCM(_stretch(passphrase, salt, header.n)).decrypt(box[:NONCE], box[NONCE:], _bound(header))
    except (InvalidTag, ValueError) as error:
        raise BadInput(
            tr("The passphrase does not open this gallery"), hint=tr("Check capitals and keyboard layout")
        ) from error


def into_keyring(key: bytes) -> Header:
    """The data key in the system's keyring. Raises `WorkFailed` where there is none."""
    name = secrets.token_hex(8)
    _keyring("set_password", SERVICE, name, _text(key))
    if _keyring("get_password", SERVICE, name) != _text(key):
        raise WorkFailed(tr("The system keyring did not keep the key"), hint=tr("Use a passphrase instead"))
    return _checked(Header("keyring", name=name), key)


def from_keyring(header: Header) -> bytes:
    """Raises `WorkFailed` without a keyring, `BadInput` when it does not hold this gallery's key."""
    kept = _keyring("get_password", SERVICE, header.name)
    key = base64.b64decode(kept or "")
    if not fits(header, key):
        raise BadInput(
            tr("The system keyring does not hold the key of this gallery"),
            hint=tr("Log in as the user who encrypted it, on the same machine"),
        )
    return key


def drop_from_keyring(header: Header) -> None:
    """Forget the key of a gallery that no longer needs it. Quiet when it is gone already."""
    if header.kind == "keyring":
        try:
            _keyring("delete_password", SERVICE, header.name)
        except WorkFailed:
            pass


def fits(header: Header, key: bytes) -> bool:
    """Whether this is the data key that the header was made with."""
    try:
        box = base64.b64decode(header.check)
        return AESGCM(key).decrypt(box[:NONCE], box[NONCE:], b"check") == b"kinoscope"
    except (InvalidTag, ValueError):
        return False


class Unlocked:
    """Data keys of the galleries that were unlocked in this process, by path; never written anywhere. Any thread."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def put(self, path: Path, key: bytes) -> None:
        with self._lock:
            self._keys[_name(path)] = key

    def get(self, path: Path) -> bytes | None:
        with self._lock:
            return self._keys.get(_name(path))

    def drop(self, path: Path) -> None:
        """Lock again."""
        with self._lock:
            self._keys.pop(_name(path), None)


UNLOCKED = Unlocked()


def _name(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _checked(header: Header, key: bytes) -> Header:
    nonce = os.urandom(NONCE)
    return replace(header, check=_text(nonce + AESGCM(key).encrypt(nonce, b"kinoscope", b"check")))


def _stretch(passphrase: str, salt: bytes, n: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=8, p=1).derive(passphrase.encode())


def _bound(header: Header) -> bytes:
    return f"{header.kind}|{header.salt}|{header.n}".encode()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _keyring(call: str, *arguments: str) -> Any:
    import keyring
    from keyring.errors import KeyringError

    try:
        return getattr(keyring, call)(*arguments)
    except (KeyringError, RuntimeError) as error:
        raise WorkFailed(
            tr("There is no system keyring here that can be used"),
            hint=tr("Encrypt the gallery with a passphrase instead"),
        ) from error
