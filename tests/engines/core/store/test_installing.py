"""The command that installs a package is that of the Python that runs."""

from __future__ import annotations

import shlex
import sys

import pytest

from engines.core.installing import install_hint


@pytest.mark.skipif(sys.platform == "win32", reason="quoting of Unix")
@pytest.mark.parametrize("python", ["/opt/kino/bin/python3", "/home/Ada Lovelace/venv/bin/python"])
def test_the_running_python_installs(monkeypatch: pytest.MonkeyPatch, python: str) -> None:
    monkeypatch.setattr(sys, "executable", python)
    words, _, command = install_hint("diffusers", "transformers").partition(": ")
    assert words == "Install them with"
    assert shlex.split(command) == [python, "-m", "pip", "install", "diffusers", "transformers"]
    assert install_hint("dlib-bin").startswith("Install it with: ")
