"""A feature is one declaration: a toy of the tests is plugged in by two lines and has all that a feature has."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget
from typer.testing import CliRunner

from engines.core.spec import resolve
from tests.workbench.opened import Opened, until
from tests.workbench.toy import FEATURE as TOY
from workbench import plugged, verbs
from workbench.commands import MONITOR, commands
from workbench.features import Feature
from workbench.plugged import FEATURES

ROOT = Path(__file__).resolve().parents[2]
PLUGGED = (
    '"tests.workbench.toy",',
    'Verb("toy", "How bright a file is", "tests.workbench.toy.verb", "python main.py toy numbers.toy"),',
)
"""The shared lines: one among the names of features, one among the verbs."""
SHARED = [
    *(ROOT / "workbench").glob("*.py"),
    *(ROOT / "workbench" / "window").glob("*.py"),
    *(ROOT / "workbench" / "controllers" / "shell").glob("*.py"),
    *(ROOT / "workbench" / "controllers" / "common").glob("*.py"),
    *(ROOT / "workbench" / "verbs").glob("*.py"),
    *(ROOT / "workbench" / "tour" / name for name in ("stops.py", "walk.py")),
    *(ROOT / "widgets" / "shell").glob("*.py"),
]
Open = Callable[..., Opened]


@pytest.fixture
def opened(open_window: Open) -> Opened:
    return open_window(features=(*FEATURES, TOY))


@pytest.fixture
def numbers(tmp_path: Path) -> str:
    (tmp_path / "numbers.toy").write_text("1 2 3 6\n")
    return str(tmp_path / "numbers.toy")


def test_a_feature_costs_three_shared_lines_and_250_of_its_own_at_most() -> None:
    own = [path for path in (ROOT / "tests/workbench/toy").iterdir() if path.suffix in (".py", ".md")]
    assert sum(path.read_text().count("\n") for path in own) <= 250
    assert len(PLUGGED) <= 3


def test_the_shared_lines_are_all_it_takes(numbers: str) -> None:
    names = eval(f"({PLUGGED[0]})")
    assert [import_module(name).FEATURE for name in names] == [TOY]
    verb = eval(f"({PLUGGED[1]})", vars(verbs))[0]
    done = CliRunner().invoke(import_module(verb.module).app, [numbers, "--json"])
    assert json.loads(done.stdout) == {"mean": 3.0}


def test_nothing_of_it_is_made_before_it_is_asked_for(opened: Opened) -> None:
    assert not any(feature.id in opened.window.features for feature in (*FEATURES, TOY))


def test_its_preset_shows_its_dock(opened: Opened, qtbot) -> None:
    opened.window.commands.run("window.toy")
    dock = opened.window.docks.docks["toy"]
    until(qtbot, lambda: not dock.visibleRegion().isEmpty())
    assert dock.widget() is opened.window.features["toy"].panel


class Shows(QObject):
    """Notes each window that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QWidget] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


def test_no_part_of_a_feature_is_a_window_for_a_moment_while_it_is_made(opened: Opened, qapp) -> None:
    shows = Shows()
    qapp.installEventFilter(shows)
    for feature in opened.window.features.records:
        opened.window.preset(feature.preset.id)
        assert shows.seen == [], feature.id
    qapp.removeEventFilter(shows)


def test_a_dock_that_is_raised_makes_it(opened: Opened, qtbot) -> None:
    opened.window.docks.show("toy")
    until(qtbot, lambda: "toy" in opened.window.features)


def test_its_command_makes_it_and_looks(opened: Opened, qtbot, pictures: Path) -> None:
    window = opened.window
    opened.drop(str(pictures))
    until(qtbot, lambda: opened.picture(0) is not None)
    window.commands.run("toy.look")
    until(qtbot, lambda: window.features["toy"].panel.state.startswith("Brightness"))
    assert window.commands.action("toy.clear").isEnabled()
    window.commands.run("toy.look")
    window.commands.run("toy.clear")
    until(qtbot, lambda: window.features["toy"].panel.state == "Idle")
    assert not window.commands.action("toy.clear").isEnabled()


def test_its_live_engine_is_in_the_menu_of_a_tile(opened: Opened, qtbot, pictures: Path) -> None:
    window = opened.window
    opened.drop(str(pictures))
    until(qtbot, lambda: opened.picture(0) is not None)
    window.grid.engineToggled.emit(0, "toy", True)
    until(qtbot, lambda: window.features["toy"].shown is not None)


def test_its_files_fall_on_it_and_its_job_has_a_result(opened: Opened, qtbot, numbers: str) -> None:
    opened.drop(numbers)
    until(qtbot, lambda: opened.window.features["toy"].panel.state == "Brightness 3.0", 20)
    assert opened.sources == []


def test_a_failure_that_nothing_shows_is_a_notice(opened: Opened, qtbot, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toy"
    bad.write_text("no numbers")
    opened.drop(str(bad))
    until(qtbot, lambda: opened.says("no file of numbers"), 20)
    until(qtbot, lambda: opened.window.features["toy"].panel.state == "No brightness")


def test_it_has_a_page_of_the_guide_a_menu_and_rows_in_the_palette(opened: Opened, qtbot) -> None:
    window = opened.window
    window.dialogs.show_help("toy")
    assert "How bright" in window.dialogs.help.text.toPlainText()
    assert window.dialogs.help.list.currentItem().data(Qt.ItemDataRole.UserRole) == "toy"
    assert "Toy" in [action.text().replace("&", "") for action in window.menuBar().actions()]
    window.commands.run("window.palette")
    rows = {row.id: row.enabled for row in window.finding.palette.shown}
    assert (rows["toy.look"], rows["toy.clear"], rows["window.toy"]) == (True, False, True)


# Declarations


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.id)
def test_what_a_feature_names_is_there(feature: Feature) -> None:
    module, _, name = feature.make.partition(":")
    assert callable(getattr(import_module(module), name))
    assert all(command.id.startswith(f"{feature.id}.") for command in feature.commands)
    room = ROOT / "workbench" / "benchmarks"
    for benchmark in feature.benchmarks:
        file = f"{benchmark.replace('-', '_')}.py"
        assert (room / file).is_file() or (room / feature.id / file).is_file()
    for named in filter(None, (feature.points, feature.owns, feature.sweep)):
        assert callable(resolve(named))
    stops = import_module(feature.tour)
    assert set(stops.MAIN) <= {stop.name.removeprefix("dark-") for stop in stops.stops("dark")}


def test_ids_are_there_once() -> None:
    ids = [command.id for command in commands((*FEATURES, TOY))]
    assert len(set(ids)) == len(ids)
    assert len({feature.preset.id for feature in FEATURES} | {MONITOR.id}) == len(FEATURES) + 1


@pytest.mark.parametrize("path", SHARED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_all_features_share_names_none(path: Path) -> None:
    names = {
        name for feature in FEATURES for name in (feature.id, feature.preset.id, *(dock.id for dock in feature.docks))
    }
    known = re.compile(rf"\b({'|'.join(sorted(names | set(plugged.NAMES)))})\b")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        said = node.module if isinstance(node, ast.ImportFrom) else getattr(node, "value", None)
        if isinstance(said, str) and " " not in said:
            assert not known.search(said) or path.name in ("__init__.py", "plugged.py"), (
                f"{path.name}:{node.lineno} names {said}"
            )
