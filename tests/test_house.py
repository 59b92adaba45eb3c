"""The rules of the house: who imports whom, what stays out of the window's process, the front door, file sizes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from contextlib import chdir, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import grimp
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import main
from workbench.verbs import VERBS

ROOT = Path(__file__).resolve().parents[1]
QT = ("PySide6", "shiboken6", "pyqtgraph", "qtawesome", "qtpy")
IN_TRITON = ("engines.attention.gpu.kernels",)
OUTSIDE_THE_WINDOW = ("workbench.verbs", "workbench.benchmarks", "workbench.work.worker_main")

WALK = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in refused:
            raise ImportError(f"{name} is not to be imported here")

def walk(package, without=()):
    yield package
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if not found.name.startswith(tuple(without)):
            yield found.name

def import_all(names):
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"{name}: {error}")

"""


def _python(code: str, *arguments: str, timeout: float = 110) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, *(["-c", code] if code else []), *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip


def _main(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command line as it is run, without a new interpreter for each."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(ROOT), redirect_stdout(out), redirect_stderr(err):
        code = main.main(list(arguments))
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def _sources() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    found = [ROOT / name for name in names] or [
        path for folder in ("engines", "widgets", "workbench", "tests") for path in (ROOT / folder).rglob("*.py")
    ]
    return [path for path in found if path.exists()]


def test_every_engine_imports_without_qt() -> None:
    without = () if find_spec("triton") else IN_TRITON
    code = WALK + f"refused = {QT}\nsys.meta_path.insert(0, Refuse())\nimport_all(walk('engines', {without}))\n"
    done = _python(code)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_the_windows_process_never_has_torch() -> None:
    code = WALK + (
        "refused = ()\n"
        f"import_all([*walk('widgets'), *walk('workbench', without={OUTSIDE_THE_WINDOW})])\n"
        "print(*[name for name in ('torch', 'typer') if name in sys.modules])\n"
    )
    done = _python(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "", f"imported on the way to the window: {done.stdout}"


def test_the_command_line_does_not_import_qt() -> None:
    verbs = [verb.module for verb in VERBS if verb.name != "tour"]
    code = WALK + f"refused = {QT}\nsys.meta_path.insert(0, Refuse())\nimport_all(['main', *{verbs}])\n"
    done = _python(code)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_imports_keep_to_the_floors() -> None:
    done = _python("from importlinter.cli import lint_imports_command as go; go(['--no-cache'])")
    assert done.returncode == 0, done.stdout


def test_no_file_imports_itself_through_others() -> None:
    graph = grimp.build_graph("engines", "widgets", "workbench", exclude_type_checking_imports=False, cache_dir=None)
    modules = sorted(graph.modules)
    place = {module: number for number, module in enumerate(modules)}
    arrows = [(place[a], place[b]) for a in modules for b in graph.find_modules_directly_imported_by(a)]
    matrix = coo_array((np.ones(len(arrows)), np.transpose(arrows)), shape=(len(modules), len(modules)))
    _, circle = connected_components(matrix, connection="strong")
    often = Counter(circle.tolist())
    assert [module for module in modules if often[circle[place[module]]] > 1] == []


def test_no_folder_holds_more_than_30_files() -> None:
    folders = Counter(path.relative_to(ROOT).parent for path in _sources())
    assert {str(folder): files for folder, files in folders.items() if files > 30} == {}


def test_no_file_repeats_its_folder() -> None:
    def repeats(path: Path) -> bool:
        return path.stem == path.parent.name or path.stem.startswith(f"{path.parent.name}_")

    ours = [path for path in _sources() if "tests" not in path.parts and path.parent != ROOT]
    assert [str(path.relative_to(ROOT)) for path in ours if repeats(path)] == []


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in _sources()}
    assert len(lengths) > 20
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_nothing_in_the_tests_sleeps() -> None:
    asleep = "time." + "sleep("
    sleepers = [path.name for path in _sources() if "tests" in path.parts and asleep in path.read_text("utf-8")]
    assert sleepers == []


def test_files_are_asked_for_in_one_place() -> None:
    """Who asks elsewhere forgets where the user was last, and may replace a file unasked."""
    rooms = [path for path in _sources() if path.relative_to(ROOT).parts[0] in ("widgets", "workbench")]
    asking = [str(path.relative_to(ROOT)) for path in rooms if "QFileDialog" in path.read_text("utf-8")]
    assert asking == ["widgets/kit/save_file.py"]


def test_none_keeps_its_references(qtbot: object) -> None:
    """Some releases of PySide6 drop a reference to None on every call that returns nothing."""
    from PySide6.QtWidgets import QWidget

    widget = QWidget()
    widget.update()
    before = sys.getrefcount(None)
    for _ in range(5000):
        widget.update()
    assert sys.getrefcount(None) > before - 100
    widget.deleteLater()


def test_the_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert _python("", "main.py", "--version").stdout.strip() == f"kinoscope {project['version']}"


def test_everything_that_is_needed_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()[1:]
    names = {pin.split("==")[0].lower().replace("_", "-") for pin in pins}
    needed = [*project["dependencies"], *extras["test"], *extras["lint"], *extras["peers"]]
    wanted = {re.split("[=><;]", name)[0].lower().replace("_", "-") for name in needed}
    assert wanted - names == set()
    assert [pin for pin in pins if "+" in pin or pin.count("==") != 1] == []


def test_help_is_printed_from_a_table_alone() -> None:
    done = _main("--help")
    assert done.returncode == 0
    assert all(verb.name in done.stdout and verb.example in done.stdout for verb in VERBS)
    imported = _python("import sys, main; main.main(['--help']); print('LOADED', *sys.modules)").stdout
    loaded = imported.rpartition("LOADED")[2].split()
    assert not {"typer", "rich", "numpy", "pydantic", "PySide6"} & set(loaded)


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    done = _main(verb, "--help")
    assert done.returncode == 0, done.stderr
    assert f"python main.py {verb}" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["calibrat"], "Did you mean 'calibrate'?"),
        (["no such file.mp4"], "neither a verb nor a file"),
        (["--frobnicate"], "no option '--frobnicate'"),
        (["models", "fetch", "yunett"], "Did you mean 'yunet'?"),
        (["models", "lst"], "Did you mean 'list'?"),
        (["bench", "detec"], "Did you mean 'detect'?"),
        (["models", "path"], "Missing argument"),
    ],
)
def test_wrong_usage_exits_with_two_and_says_why(arguments: list[str], says: str) -> None:
    done = _main(*arguments)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.split())
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["nonesuch", "--json"], 2, "usage"),
        (["models", "path", "--json"], 2, "usage"),
        (["models", "path", "yunet", "--json"], 1, "missing-file"),
        (["calibrate", "mono", "nowhere/", "--board", "chessboard:9x6:25mm", "--json"], 1, "bad-input"),
        (["calibrate", "mono", ".", "--board", "chess", "--json"], 2, "usage"),
    ],
)
def test_with_json_a_failure_is_one_object(arguments: list[str], code: int, kind: str) -> None:
    done = _main(*arguments)
    error = json.loads(done.stdout)["error"]
    assert list(error)[:4] == ["kind", "message", "path", "hint"]
    assert error.get("fetch") == (["yunet"] if kind == "missing-file" else None)
    assert (done.returncode, error["kind"]) == (code, kind)
    assert "Traceback" not in done.stderr


def test_the_model_list_is_one_json_object() -> None:
    done = _main("models", "list", "--json")
    rows = json.loads(done.stdout)["files"]
    assert {"name", "purpose", "bytes", "sha256", "licence", "state", "path"} == set(rows[0])
    assert [row["name"] for row in rows if row["state"] != "missing"] == ["walking-actions"]


def test_a_damaged_model_file_makes_the_check_fail() -> None:
    folder = Path(os.environ["KINOSCOPE_HOME"]) / "cache" / "store"
    folder.mkdir(parents=True)
    (folder / "face_detection_yunet_2023mar.onnx").write_bytes(b"not it")
    done = _python("", "main.py", "models", "check")
    assert done.returncode == 1
    assert "models fetch yunet" in done.stderr
