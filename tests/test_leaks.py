"""The check for what tests leave behind, tried on tests that do leave something."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAD = """
import subprocess, sys, threading
import pytest
"""
LEAKS = {
    "thread": (
        "def test_leak():\n    wait = threading.Event().wait\n"
        "    threading.Thread(target=wait, args=(20,), name='lost', daemon=True).start()\n",
        ["*left behind*", "*thread 'lost' started at*", "*test_leaks_it.py*in test_leak*"],
    ),
    "process": (
        "def test_leak():\n    subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)\n",
        ["*left behind*", "*process *-c input()*"],
    ),
    "timer": (
        "from PySide6.QtCore import QTimer\nkept = []\n"
        "def test_leak(qapp):\n    timer = QTimer()\n    timer.start(1000)\n    kept.append(timer)\n",
        ["*left behind*", "*QTimer '' every 1000 ms started at*", "*in test_leak*"],
    ),
    "window": (
        "from PySide6.QtWidgets import QWidget\nkept = []\n"
        "def test_leak(qapp):\n    kept.append(QWidget(windowTitle='lost'))\n",
        ["*left behind*", "*top-level widget QWidget 'lost'*"],
    ),
    "Qt thread": (
        "from PySide6.QtCore import QThread\nkept = []\n"
        "@pytest.fixture(autouse=True, scope='module')\ndef end():\n    yield\n    kept[0].quit()\n    kept[0].wait()\n"
        "def test_leak(qapp):\n    thread = QThread(objectName='lost')\n    kept.append(thread)\n    thread.start()\n",
        ["*left behind*", "*Qt thread 'lost' started at*", "*in test_leak*"],
    ),
    "shared memory": (
        "import os\nfrom multiprocessing.shared_memory import SharedMemory\nkept = []\n"
        "@pytest.fixture(autouse=True, scope='module')\ndef end():\n"
        "    yield\n    kept[0].close()\n    kept[0].unlink()\n"
        "def test_leak():\n    kept.append(SharedMemory(f'kino{os.getpid()}_t', create=True, size=64))\n",
        ["*left behind*", "*shared memory /dev/shm/*"],
    ),
}

TIDY = """
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QWidget

def test_tidy(qtbot):
    thread = threading.Thread(target=lambda: None)
    thread.start()
    timer = QTimer()
    timer.start(1000)
    timer.stop()
    widget = QWidget()
    qtbot.addWidget(widget)
    other = QThread()
    other.start()
    other.quit()
    assert other.wait(1000)
    widget.show()

def test_forgotten_by_python(qapp):
    QWidget().show()
"""


def _run(pytester: pytest.Pytester, body: str) -> pytest.RunResult:
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(test_leaks_it=HEAD + body)
    ini = f"[pytest]\nqt_api = pyside6\npythonpath = {ROOT}\n"
    pytester.makeini(ini)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider")


@pytest.mark.parametrize("kind", LEAKS)
def test_what_is_left_behind_is_named(pytester: pytest.Pytester, kind: str) -> None:
    body, lines = LEAKS[kind]
    result = _run(pytester, body)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(lines)


def test_what_tidies_up_passes(pytester: pytest.Pytester) -> None:
    _run(pytester, TIDY).assert_outcomes(passed=2)


def test_skips_are_counted_with_their_reasons(pytester: pytest.Pytester) -> None:
    body = "@pytest.mark.parametrize('n', range(3))\ndef test_it(n):\n    pytest.skip('no camera here')\n"
    _run(pytester, body).stdout.fnmatch_lines(["3 skipped:", "*3 x no camera here"])
