"""The wheel, in an environment of its own: it has everything and works, and puts nothing among others' packages."""

from __future__ import annotations

import os
import re
import site
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.programs import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="as Linux lays a prefix out")]
BUILD = "import hatchling.build as b, sys; print(b.build_wheel(sys.argv[1]))"
WINDOW = """
import sys
if __name__ == "__main__":
    import kinoscope
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    app = QApplication(["kinoscope"])
    def look():
        window = next(one for one in app.topLevelWidgets() if hasattr(one, "services"))
        jobs = window.services.jobs
        id = jobs.submit("engines.generative.diffusion.models.opening:run", {"model": "mnist-unet"})
        def over(ended):
            print(jobs.record(id).state.value, jobs.result(id), len(window.windowIcon().availableSizes()), flush=True)
            window.close()
        jobs.finished.connect(over)
    QTimer.singleShot(0, look)
    sys.argv = ["kinoscope"]
    sys.exit(kinoscope.main())
"""


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel in it, beside the packages that tests run with."""

    prefix: Path
    home: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs somewhere else than in the tree."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
        command = [str(self.prefix / "bin" / program), *arguments]
        env = kept | {"QT_QPA_PLATFORM": "offscreen", "KINOSCOPE_HOME": str(self.home)}
        return subprocess.run(command, cwd=self.home, env=env, capture_output=True, text=True, timeout=100)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel with a space")
    built = subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    prefix, home = folder / "fresh", folder / "home"
    home.mkdir()
    _run(sys.executable, "-m", "venv", "--without-pip", str(prefix))
    beside = next((prefix / "lib").glob("python*")) / "site-packages" / "beside.pth"
    beside.write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    where = ["--python", str(prefix / "bin" / "python")]
    wheel = str(next(folder.glob("*.whl")))
    _run(sys.executable, "-m", "pip", *where, "install", "-q", "--no-deps", "--no-index", wheel)
    return Installed(prefix, home)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_command_knows_itself_by_its_own_name(installed: Installed) -> None:
    assert installed.run("kinoscope", "--version").stdout == "kinoscope 0.1.0\n"
    said = installed.run("kinoscope", "calibrate", "--help").stdout
    assert "Usage: kinoscope calibrate" in said
    assert "kinoscope calibrate mono photos/" in said
    assert "main.py" not in said + installed.run("kinoscope", "--help").stdout
    assert installed.run("python", "-m", "kinoscope", "no-such-file").returncode == 2


def test_nothing_of_it_is_among_the_packages_of_others(installed: Installed) -> None:
    for name in ("engines", "widgets", "workbench", "main"):
        assert f"No module named '{name}'" in installed.run("python", "-c", f"import {name}").stderr
    packages = next((installed.prefix / "lib").glob("python*")) / "site-packages"
    assert sorted(each.name for each in packages.iterdir()) == ["beside.pth", "kinoscope", "kinoscope-0.1.0.dist-info"]


def test_all_that_git_keeps_of_the_program_is_in_it(installed: Installed) -> None:
    ours = next((installed.prefix / "lib").glob("python*")) / "site-packages" / "kinoscope" / "_app"
    for folder in ("engines", "widgets", "workbench", "resources"):
        assert _files(ours / folder) == _files(ROOT / folder)


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_the_desktop_finds_an_entry_and_an_icon_of_every_size(installed: Installed) -> None:
    share = installed.prefix / "share"
    entry = (share / "applications" / "kinoscope.desktop").read_text(encoding="utf-8")
    assert "Exec=kinoscope %F" in entry
    assert (installed.prefix / "bin" / "kinoscope").exists()
    icons = {path.parts[-3] for path in (share / "icons" / "hicolor").rglob("kinoscope.*")}
    assert icons == {"scalable", *(f"{n}x{n}" for n in (16, 24, 32, 48, 64, 128, 256, 512))}
    assert (share / "metainfo" / "kinoscope.metainfo.xml").exists()


def test_the_window_opens_and_its_workers_find_the_program(installed: Installed) -> None:
    script = installed.home / "look.py"
    script.write_text(WINDOW, encoding="utf-8")
    done = installed.run("python", str(script))
    assert re.fullmatch(r"done ModelInfo\(.* 6\n", done.stdout), done.stdout + done.stderr
