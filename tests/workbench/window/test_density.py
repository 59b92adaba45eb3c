"""Another density is seen at once: the window is laid out as one that starts with it, and as before when taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractItemView, QAbstractSpinBox, QLineEdit, QPushButton, QToolButton

from engines.core.places import config_dir
from tests.workbench.opened import Opened, until
from widgets.kit.theme import LOOK

PRESETS = {"calibrate": "calibration", "diffusion": "diffusion"}
"""Each with the feature whose panel is looked at."""
CONTROLS = ("PlainButton", "PrimaryButton", "NumberField")
KINDS = (QPushButton, QToolButton, QLineEdit, QAbstractSpinBox, QAbstractItemView)
Places = list[tuple[str, str, int]]


@pytest.fixture(autouse=True)
def _comfortable() -> Iterator[None]:
    yield
    LOOK.pack(False)


def places(opened: Opened, preset: str) -> Places:
    """How high the body of a panel is, and each control in it that is visible."""
    panel = opened.window.features[PRESETS[preset]].panel
    parts = [part for kind in KINDS for part in panel.findChildren(kind) if part.isVisible()]
    heights = [(type(part).__name__, part.accessibleName(), part.height()) for part in parts]
    return [("body", "", panel.body.totalSizeHint().height()), *heights]


def laid_out(qtbot, opened: Opened) -> dict[str, Places]:
    """The panel of every preset."""
    opened.window.resize(1280, 800)
    return {preset: still(qtbot, opened, preset) for preset in PRESETS}


def still(qtbot, opened: Opened, preset: str) -> Places:
    """Once nothing moves any more."""
    opened.window.preset(preset)
    seen: list[Places] = []

    def same() -> bool:
        seen.append(places(opened, preset))
        return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]

    until(qtbot, same)
    return seen[-1]


def heights(found: dict[str, Places]) -> set[int]:
    return {one[2] for parts in found.values() for one in parts if one[0] in CONTROLS}


def test_a_change_lays_the_panels_out_as_a_start_does(open_window, qtbot):
    opened = open_window(begin=False)
    before = laid_out(qtbot, opened)
    opened.window.commands.run("file.settings")
    dialog = opened.window.dialogs.settings
    dialog.density._buttons["compact"].click()
    compact = laid_out(qtbot, opened)
    assert heights(before) == {28}
    assert heights(compact) <= {22, 23}
    assert all(compact[preset][0][2] < 0.9 * before[preset][0][2] for preset in PRESETS)
    dialog.density._buttons["comfortable"].click()
    assert laid_out(qtbot, opened) == before
    assert opened.window.close()
    (config_dir() / "settings.json").write_text(json.dumps({"version": 1, "density": "compact"}), encoding="utf-8")
    assert laid_out(qtbot, open_window(begin=False)) == compact
