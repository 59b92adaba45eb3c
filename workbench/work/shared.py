"""Values between two processes, their large arrays through shared memory.

A value is pickled with its array buffers out of band; those go into a ring of shared memory, the rest through the
pipe. The window creates and unlinks every ring, a worker only attaches; as soon as the worker has attached, the name
is unlinked, so nothing is left in the system when either of them is killed. A ring that is full, too small or cannot
be had is no error: the buffers then travel through the pipe, only slower.

What is received has been copied out of the ring: an engine may keep a frame for as long as it likes.
"""

from __future__ import annotations

import os
import pickle
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from typing import Any

SMALL = 32 * 1024
"""Buffers below this many bytes travel through the pipe with the rest."""
LEAST_RING = 16 << 20
LARGEST_RING = 512 << 20
ALIGN = 64


@dataclass(frozen=True, slots=True)
class Packed:
    """A pickled value. spans: (offset, length) of its buffers in the ring; loose: the buffers, when there was no room.

    end: what to hand to `Outlet.free` once the value has been unpacked (0: nothing).
    """

    data: bytes
    spans: tuple[tuple[int, int], ...] = ()
    loose: tuple[bytes, ...] = ()
    end: int = 0


class Ring:
    """Shared memory that one side writes in turns and the other frees in the same order."""

    def __init__(self, memory: SharedMemory, size: int) -> None:
        self._memory = memory
        self.size = size
        self._head = 0
        self._tail = 0
        self._linked = False

    @classmethod
    def create(cls, size: int) -> Ring:
        """A new ring of `size` bytes. Raises `OSError` when the system has no room for it."""
        memory = SharedMemory(f"kino{os.getpid()}_{secrets.token_hex(4)}", create=True, size=size)
        ring = cls(memory, size)
        ring._linked = True
        try:
            _reserve(memory, size)
        except OSError:
            ring.close()
            raise
        return ring

    @classmethod
    def attach(cls, name: str, size: int) -> Ring:
        return cls(SharedMemory(name=name), size)

    @property
    def name(self) -> str:
        return self._memory.name

    def reserve(self, length: int) -> int | None:
        """Offset of `length` free bytes in one piece; None when there are none now."""
        start = self._head
        if start % self.size + length > self.size:
            start += self.size - start % self.size
        if start + length - self._tail > self.size:
            return None
        self._head = start + length
        return start % self.size

    @property
    def head(self) -> int:
        return self._head

    def free(self, end: int) -> None:
        """Everything up to `end` has been read."""
        self._tail = max(self._tail, end)

    def write(self, offset: int, data: memoryview) -> None:
        self._buffer[offset : offset + data.nbytes] = data

    def read(self, offset: int, length: int) -> bytearray:
        return bytearray(self._buffer[offset : offset + length])

    @property
    def _buffer(self) -> memoryview:
        buffer = self._memory.buf
        if buffer is None:
            raise ValueError("the ring is closed")
        return buffer

    def unlink(self) -> None:
        """Take the name away; both sides keep what they have mapped."""
        if self._linked:
            self._linked = False
            self._memory.unlink()

    def close(self) -> None:
        """Give the memory back, and its name if it still has one."""
        self.unlink()
        self._memory.close()


class Outlet:
    """Packs values for the other side. `grow(bytes)` is asked when the ring is missing or too small for a value."""

    def __init__(self, grow: Callable[[int], None]) -> None:
        self._grow = grow
        self._ring: Ring | None = None
        self._lock = threading.Lock()

    @property
    def ring(self) -> Ring | None:
        return self._ring

    def use(self, ring: Ring | None) -> None:
        """Write into this ring from now on; the old one is closed."""
        with self._lock:
            old, self._ring = self._ring, ring
        if old is not None:
            old.close()

    def free(self, end: int, name: str) -> None:
        """The other side has read up to `end` of the ring of that name."""
        with self._lock:
            if self._ring is not None and self._ring.name == name:
                self._ring.free(end)

    def pack(self, value: object) -> Packed:
        buffers: list[pickle.PickleBuffer] = []
        data = pickle.dumps(value, protocol=5, buffer_callback=lambda buffer: _keep_small(buffer, buffers))
        views = [buffer.raw() for buffer in buffers]
        if not views:
            return Packed(data)
        total = sum(_aligned(view.nbytes) for view in views)
        if (self._ring is None or total * 2 > self._ring.size) and total * 2 <= LARGEST_RING:
            self._grow(max(LEAST_RING, 1 << (total * 2 - 1).bit_length()))
        with self._lock:
            return _into_ring(self._ring, data, views, total)


class Inlet:
    """Unpacks what the other side's outlet packed."""

    def __init__(self) -> None:
        self._ring: Ring | None = None

    @property
    def name(self) -> str:
        return "" if self._ring is None else self._ring.name

    def use(self, ring: Ring | None) -> None:
        old, self._ring = self._ring, ring
        if old is not None:
            old.close()

    def unpack(self, packed: Packed) -> Any:
        """The value, in memory of its own. Afterwards tell the other side `packed.end`."""
        ring = self._ring
        buffers: list[Any] = list(packed.loose)
        if packed.spans and ring is not None:
            buffers = [ring.read(offset, length) for offset, length in packed.spans]
        return pickle.loads(packed.data, buffers=buffers)


def _keep_small(buffer: pickle.PickleBuffer, large: list[pickle.PickleBuffer]) -> bool:
    """True keeps a buffer in the pickle; large ones are put aside."""
    if buffer.raw().nbytes < SMALL:
        return True
    large.append(buffer)
    return False


def _into_ring(ring: Ring | None, data: bytes, views: list[memoryview], total: int) -> Packed:
    offset = None if ring is None else ring.reserve(total)
    if ring is None or offset is None:
        return Packed(data, loose=tuple(bytes(view) for view in views))
    spans = []
    for view in views:
        ring.write(offset, view)
        spans.append((offset, view.nbytes))
        offset += _aligned(view.nbytes)
    return Packed(data, spans=tuple(spans), end=ring.head)


def _aligned(length: int) -> int:
    return -(-length // ALIGN) * ALIGN


def _reserve(memory: SharedMemory, size: int) -> None:
    """Claim the pages now: on a full /dev/shm a later write would kill the process (SIGBUS) instead of failing here."""
    path = f"/dev/shm/{memory.name.lstrip('/')}"
    if not os.path.exists(path):
        return
    handle = os.open(path, os.O_RDWR)
    try:
        os.posix_fallocate(handle, 0, size)
    finally:
        os.close(handle)
