"""What About says: versions, where everything lies, and the licences of what the program stands on."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata
from typing import Any

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication

from engines.core.words import tr
from widgets.shell.settings import Place
from workbench import __version__
from workbench.diagnostics.collecting import package_versions

LONGEST = 90
"""Letters of a licence's name; some packages have the whole text there."""


def about_text(places: Iterator[Place]) -> str:
    """As a person would paste it into a letter. places: every folder of the program."""
    versions = [
        tr("Kinoscope {version}, Apache-2.0", version=__version__),
        tr("Python {python}, Qt {qt}", python=platform.python_version(), qt=qVersion()),
    ]
    system = f"{platform.system()} {platform.release()} {platform.machine()}, {QApplication.platformName()}"
    folders = [f"{place.title}: {place.path}" for place in places]
    stands = [f"{name} {version}: {licence_of(name)}" for name, version in package_versions()]
    parts = (*versions, system, "", tr("Folders"), *folders, "", tr("Stands on"), *stands)
    return "\n".join(parts)


def licence_of(package: str) -> str:
    """The licence that an installed package names."""
    told: Any = metadata.metadata(package)
    named = told.get("License-Expression") or ""
    classes = [text.rpartition(" :: ")[2] for text in told.get_all("Classifier") or [] if text.startswith("License ::")]
    first = (told.get("License") or "").strip().partition("\n")[0]
    short = first if 0 < len(first) <= LONGEST else ""
    return named or ", ".join(classes) or short or tr("see the package")
