"""The shared memory between the window and one worker: made and unlinked here, on the window's side."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from workbench.work import messages as say
from workbench.work.shared import Inlet, Outlet, Packed, Ring

log = logging.getLogger(__name__)


class Rings:
    """Packs what goes to the worker and unpacks what comes; makes larger rings when they are asked for."""

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self.outlet = Outlet(self._grow_out)
        self.inlet = Inlet()
        self._unattached: dict[str, Ring] = {}

    def pack(self, value: object) -> Packed:
        return self.outlet.pack(value)

    def unpack(self, payload: Packed) -> Any:
        value = self.inlet.unpack(payload)
        if payload.end:
            self._send(say.Freed(self.inlet.name, payload.end))
        return value

    def hear(self, message: object) -> None:
        """Take what the worker says of the rings."""
        match message:
            case say.Attached(name) if name in self._unattached:
                ring = self._unattached.pop(name)
                ring.unlink()
                self.inlet.use(ring)
            case say.Attached(name) if (ring := self.outlet.ring) is not None and ring.name == name:
                ring.unlink()
            case say.Freed(name, end):
                self.outlet.free(end, name)
            case say.RoomWanted(size) if (ring := _new_ring(size)) is not None:
                self._unattached[ring.name] = ring
                self._send(say.Attach("out", ring.name, size))

    def close(self) -> None:
        self.outlet.use(None)
        self.inlet.use(None)
        for ring in self._unattached.values():
            ring.close()
        self._unattached.clear()

    def _grow_out(self, size: int) -> None:
        ring = _new_ring(size)
        if ring is not None:
            self.outlet.use(ring)
            self._send(say.Attach("in", ring.name, size))


def _new_ring(size: int) -> Ring | None:
    try:
        return Ring.create(size)
    except OSError as error:
        log.warning("No shared memory of %d MiB can be had (%s); arrays go through the pipe", size >> 20, error)
        return None
