"""What is solved for: a target, a lens model, what is free and what is held."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engines.calibration.solve.held import Freedom, freedom
from engines.calibration.targets.target import Target
from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, ModelName
from engines.core.words import tr


@dataclass(frozen=True)
class Setup:
    """The problem without its views. fix: as `MonoSpec.fix`. Raises `UsageError` for a model that is not known."""

    target: Target
    size: Size
    model: ModelName = "brown5"
    free_board: bool = False
    fix: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_model(self.model)

    @cached_property
    def freedom(self) -> Freedom:
        """Raises `UsageError` for what cannot be held."""
        return freedom(self.model, self.size, self.fix)


def check_model(model: str) -> None:
    """Raises `UsageError` for what is not a lens model."""
    if model not in DISTORTION_NAMES:
        raise UsageError(
            tr("'{model}' is not a lens model", model=model),
            hint=tr("Use {names}", names=", ".join(DISTORTION_NAMES)),
        )
