"""A panel's form, kept in the project and as the default of the next one, and brought back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from engines.core.errors import KinoscopeError
from engines.core.words import tr
from workbench.services import Services

T = TypeVar("T")
ID = "form"


def keep(services: Services, panel: str, plain: dict[str, Any]) -> None:
    """Save a form, as plain JSON values, under its panel's name."""
    services.settings.set_panel(panel, form=plain)
    services.project.put(panel, ID, plain)


def restore(services: Services, panel: str, read: Callable[[dict[str, Any]], T], default: T) -> T:
    """What the project holds, else the last settings, else `default`; what cannot be read is said and left aside."""
    for data in (services.project.get(panel, ID), services.settings.value.panels.get(panel, {}).get(ID)):
        if isinstance(data, dict):
            try:
                return read(data)
            except (KinoscopeError, ValueError, TypeError) as error:
                services.notify(
                    tr("The settings of the {panel} panel could not be read: {error}", panel=panel, error=error), "warn"
                )
    return default
