"""LiteRT files of the model store as every engine uses them: one picture in, all outputs out."""

from __future__ import annotations

from contextlib import suppress

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput, WorkFailed
from engines.core.frames import Image
from engines.core.networks.lean_litert import lean
from engines.core.processor import most_threads
from engines.core.store.fetching import load_path
from engines.core.words import tr


class Network:
    """A file of the model store on `threads` threads: one input of 1 x S x S x 3, RGB from `low` to 1.

    Not to be used by two threads at once. Raises `FileMissing` when it was not fetched.
    """

    def __init__(self, name: str, threads: int, low: float = 0.0, outputs: tuple[int, ...] = ()) -> None:
        """outputs: places of those that are read, () for all; the others are not computed."""
        from ai_edge_litert.interpreter import Interpreter

        path = load_path(name)
        if outputs:
            with suppress(WorkFailed):
                path = lean(path, outputs)
        try:
            self._run = Interpreter(str(path), num_threads=max(min(threads, most_threads()), 1))
            self._run.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise BadInput(tr("Not a LiteRT model that can be run"), path=path, hint=tr("Fetch it again")) from error
        self._input = int(self._run.get_input_details()[0]["index"])
        self._outputs = [int(one["index"]) for one in self._run.get_output_details()]
        self._low, self._step = low, (1 - low) / 255

    def run(self, picture: Image) -> list[NDArray[np.float32]]:
        """All outputs for a BGR picture of the network's size."""
        data = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.float32)
        data *= self._step
        data += self._low
        self._run.set_tensor(self._input, data[None])
        self._run.invoke()
        return [self._run.get_tensor(index) for index in self._outputs]
