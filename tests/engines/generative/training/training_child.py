"""A training in a process of its own, which stops before a given step and waits to be killed.

python -m tests.engines.generative.training.training_child SPEC.json STEP
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from engines.core.context import PlainContext
from engines.core.spec import from_json
from engines.generative.training.job import run
from engines.generative.training.types import TrainSpec


class Halting(PlainContext):
    """Says "here" when `step` steps are done, and then waits for as long as its standard input is open."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step, self.checked = step, 0

    def check(self) -> None:
        if self.checked == self.step:
            print("here", flush=True)
            sys.stdin.read()
        self.checked += 1


if __name__ == "__main__":
    run(from_json(TrainSpec, json.loads(Path(sys.argv[1]).read_text())), Halting(int(sys.argv[2])))
