"""Set-up and everyday commands on every system, with the standard library alone: `make run`, `make test` and others.

The first call makes `.venv` and installs what `pyproject.toml` names in the versions of `constraints.txt`; later
calls see from a stamp that nothing has changed and start at once. `make` (and `make.bat` on Windows) only calls this.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed.json")
OLDEST = (3, 11)
FIRST = "torch"
BARE = ("k-diffusion",)
"""Installed without what they ask for: one file of them is used, and the rest would bring another torch."""
MOST_WORKERS = 8
"""Of tests side by side; each takes about 1 GB."""

# Shared library -> Debian package. The first group is needed even with no screen, the second by a real X window.
OFFSCREEN = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
}
SCREEN = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-shape.so.0": "libxcb-shape0",
}

USAGE = """make run [ARGS="..."]     open the workbench (with no display: save pictures of every panel instead)
                          ARGS=--quick: only the nine main pictures, in a minute
make test [ARGS="..."]    run the tests on all cores; ARGS go to pytest ("-n 0": one after the other)
make bench [NAME=...]     measure: detect, display, attention, diffusion-error, ... or all but gpu, which needs one
make peers                install other libraries to compare with, and run the comparisons
make lint                 style, types and import contracts
make clean                remove .venv and everything generated"""

# What a failed pip run says -> what to tell the user.
CAUSES = (
    ("no space left on device", "The disk is full. Free about 3 GB, or move this folder to another disk."),
    ("disk quota exceeded", "The disk quota is used up. Free about 3 GB."),
    ("name resolution", "There is no network. Connect, then run the same command again."),
    ("getaddrinfo failed", "There is no network. Connect, then run the same command again."),
    ("connection", "The package index cannot be reached. Check the network or proxy, then run the same command again."),
    ("timed out", "The package index does not answer. Check the network or proxy, then run the same command again."),
    ("resolutionimpossible", "The package index has no build for this Python and system, or cannot be reached."),
    ("no matching distribution", "No build for this Python or system was found. Python 3.11 to 3.13 are tested."),
    ("externally-managed", "This Python may not be changed; remove .venv and run the same command again."),
)


class Stop(Exception):
    """The message to print before ending with exit code 1."""


def main(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    if sys.version_info < OLDEST:
        return _with_newer_python(arguments)
    commands = {"run": run, "test": test, "bench": bench, "peers": peers, "lint": lint, "clean": clean}
    if not arguments or arguments[0] not in commands:
        print(USAGE)
        return 0 if not arguments or arguments[0] in ("help", "-h", "--help") else 2
    try:
        return commands[arguments[0]](arguments[1:])
    except Stop as reason:
        print(reason, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def run(arguments: list[str]) -> int:
    """Open the window, or take the tour where there is no display."""
    display = os.name == "nt" or sys.platform == "darwin" or _has_display()
    _prepare([], SCREEN if display else {}, must_have_screen=display)
    _fetch()
    if display and "--quick" not in arguments:
        return _python(["main.py", *arguments])
    if not display:
        print("There is no display here (DISPLAY and WAYLAND_DISPLAY are not set).", flush=True)
    print("Taking the tour offscreen.", flush=True)
    code = _python(["main.py", "tour", "--out", "tour", *arguments], offscreen=True)
    folder = os.path.join(ROOT, "tour")
    pictures = sum(name.endswith(".png") for _, _, names in os.walk(folder) for name in names)
    print(f"{pictures} pictures are in {folder}" if pictures else "The tour gave no pictures.", flush=True)
    return code


def test(arguments: list[str]) -> int:
    """Run the tests, a worker for each core."""
    _prepare(["test"], SCREEN, programs={"Xvfb": "xvfb"})
    _fetch()
    workers = ["-n", str(min(os.cpu_count() or 1, MOST_WORKERS)), "--dist=loadgroup", "--no-loadscope-reorder"]
    return _python(["-m", "pytest", *workers, *arguments], offscreen=True)


def bench(arguments: list[str]) -> int:
    """Run one benchmark, or all."""
    _prepare([], {})
    named = arguments[:1] if arguments and not arguments[0].startswith("-") else []
    names = named or [name for name in _asked("workbench.verbs.bench", "BENCHMARKS") if name != "gpu"]
    codes = [_python(["main.py", "bench", name, *arguments[len(named) :]], offscreen=True) for name in names]
    return max(codes)


def peers(arguments: list[str]) -> int:
    """Compare with other libraries, side by side."""
    _prepare(["test", "peers"], {})
    _fetch("dlib")
    folders = os.path.join("tests", "engines", "generative", "diffusion", "models", "test_diffusers_folder.py")
    dlib = os.path.join("tests", "engines", "faces", "recognition", "test_dlib_resnet.py")
    return _python(["-m", "pytest", os.path.join("tests", "peers"), folders, dlib, *arguments], offscreen=True)


def lint(arguments: list[str]) -> int:
    """Style, types and import contracts; all are run, whatever fails."""
    _prepare(["test", "lint"], {})
    failed = []
    for check in (
        ["-m", "ruff", "check", "--quiet", "."],
        ["-m", "ruff", "format", "--check", "--quiet", "."],
        ["-m", "mypy"],
        ["-m", "pyright", "--pythonpath", PYTHON],
        ["-c", "from importlinter.cli import lint_imports_command as go; go(['--no-logo'])"],
    ):
        name = "import-linter" if check[0] == "-c" else check[1] + (" " + check[2] if check[1] == "ruff" else "")
        started = time.monotonic()
        code = _python(check)
        verdict = "failed" if code else "ok"
        print(f"{name:<14} {verdict} ({time.monotonic() - started:.0f} s)", flush=True)
        failed += [name] if code else []
    print("Failed: " + ", ".join(failed) if failed else "All clean.")
    return 1 if failed else 0


def clean(arguments: list[str]) -> int:
    """Remove what was generated; nothing of the user's lies here."""
    generated = [".venv", "build", "tour", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis"]
    for name in [*generated, ".import_linter_cache"]:
        shutil.rmtree(os.path.join(ROOT, name), ignore_errors=True)
    for folder, names, _ in os.walk(ROOT):
        if "__pycache__" in names:
            shutil.rmtree(os.path.join(folder, "__pycache__"), ignore_errors=True)
    return 0


def _prepare(
    extras: list[str],
    screen: dict[str, str],
    must_have_screen: bool = False,
    programs: dict[str, str] | None = None,
) -> None:
    """Have the system packages and the Python packages of `extras` in place."""
    stamp = _read_stamp()
    wanted = _fingerprint(extras)
    key = ",".join(extras) + ("+screen" if screen else "")
    if stamp.get(key) == wanted and os.path.exists(PYTHON):
        return
    _system_packages(screen, must_have_screen, programs or {})
    if not _venv_works():
        _make_venv()
        stamp = {}
    _install(extras)
    stamp[key] = wanted
    with open(STAMP, "w") as file:
        json.dump(stamp, file)


def _asked(module: str, table: str) -> list[str]:
    """Names of a table of the program."""
    code = f"from {module} import {table}; print(*{table})"
    return subprocess.run([PYTHON, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.split()


def _fetch(*more: str) -> None:
    """Have what panels and tests load of the model store; without network, what needs it says so when it is used."""
    here = subprocess.run([PYTHON, "main.py", "models", "check", "--json"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        ready = {file["name"] for file in json.loads(here.stdout)["files"] if file["state"] == "ready"}
    except (ValueError, KeyError, TypeError):
        ready = set()
    missing = [name for name in (*_asked("workbench.plugged", "STORED"), *more) if name not in ready]
    if missing:
        command = [PYTHON, "main.py", "models", "fetch", *missing]
        failed = _step(f"Fetching {len(missing)} weight and sample files (about 150 MB once)", command)
        if failed:
            print(failed + "\nGoing on without them.", flush=True)


def _read_stamp() -> dict[str, str]:
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _fingerprint(extras: list[str]) -> str:
    """Changes with anything that decides what is installed."""
    with open(os.path.join(ROOT, "constraints.txt"), "rb") as file:
        constraints = file.read()
    return hashlib.sha256(repr((_requirements(extras), constraints, sys.version_info[:2])).encode()).hexdigest()


def _requirements(extras: list[str]) -> list[str]:
    import tomllib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)["project"]
    names = list(project["dependencies"])
    for extra in extras:
        names += project["optional-dependencies"][extra]
    return sorted(set(names), key=lambda name: (not name.startswith(FIRST), name))


def _venv_works() -> bool:
    if not os.path.exists(PYTHON):
        return False
    check = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.call([PYTHON, "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def _make_venv() -> None:
    if os.path.lexists(VENV):
        print("The old .venv does not work; making a new one.", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
    failed = _step("Making .venv (Python {}.{})".format(*sys.version_info), [sys.executable, "-m", "venv", VENV])
    if failed:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Stop(failed + "\nOn Debian and Ubuntu: apt-get install python3-venv")


def _install(extras: list[str]) -> None:
    """torch first, so that a build that is already at hand is kept and nothing asks for another."""
    requirements = _requirements(extras)
    pip = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
        "--retries",
        "2",
    ]
    pinned = ["-c", os.path.join(ROOT, "constraints.txt")]
    bare = [name for name in requirements if name in BARE]
    others = [name for name in requirements[1:] if name not in BARE]
    for what, names in (
        ("Installing " + requirements[0], requirements[:1]),
        (f"Installing {len(others)} more packages", others),
        (f"Installing {' and '.join(bare)} alone", ["--no-deps", *bare] if bare else []),
    ):
        failed = _step(what, [*pip, *pinned, *names]) if names else ""
        if failed:
            raise Stop(failed)


def _step(what: str, command: list[str]) -> str:
    """Run a command quietly under one line that ends in the time it took; what it said and why, if it failed."""
    print(what + " ...", end="", flush=True)
    started = time.monotonic()
    over = threading.Event()
    ticker = threading.Thread(target=_tick, args=(what, started, over), daemon=True)
    ticker.start()
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    finally:
        over.set()
        ticker.join()
        back = "\r" + what + " ..." if sys.stdout.isatty() else ""
        print(f"{back} {time.monotonic() - started:.0f} s", flush=True)
    if done.returncode == 0:
        return ""
    tail = "\n".join(done.stdout.strip().splitlines()[-12:])
    cause = next((advice for sign, advice in CAUSES if sign in done.stdout.lower()), "")
    return "\n".join(part for part in (tail, what + " failed.", cause) if part)


def _tick(what: str, started: float, over: threading.Event) -> None:
    """On a terminal, show that time passes."""
    while sys.stdout.isatty() and not over.wait(1.0):
        print(f"\r{what} ... {time.monotonic() - started:.0f} s", end="", flush=True)


def _system_packages(screen: dict[str, str], must_have_screen: bool, programs: dict[str, str]) -> None:
    """Install missing Debian packages when root; otherwise print the line and stop for what cannot be done without."""
    if not sys.platform.startswith("linux"):
        return
    needed = _missing(OFFSCREEN) + (_missing(screen) if must_have_screen else [])
    if importlib.util.find_spec("ensurepip") is None:
        needed.append("python{}.{}-venv".format(*sys.version_info))
    wished = [] if must_have_screen else _missing(screen)
    wished += [package for program, package in programs.items() if shutil.which(program) is None]
    if not needed and not wished:
        return
    line = "apt-get install -y --no-install-recommends " + " ".join(needed + wished)
    if shutil.which("apt-get") and os.geteuid() == 0:
        failed = _step("Updating the package lists", ["apt-get", "update", "-q"])
        failed = failed or _step("Installing " + " ".join(needed + wished), line.split())
        if not failed or not needed:
            print(failed, end="\n" if failed else "")
            return
        raise Stop(failed)
    advice = "  sudo apt-get update && sudo " + line if shutil.which("apt-get") else "  " + " ".join(needed + wished)
    if needed:
        raise Stop("System packages are missing. Install them, then run the same command again:\n" + advice)
    print("Some tests of the real window will be skipped; to run them too:\n" + advice, flush=True)


def _missing(libraries: dict[str, str]) -> list[str]:
    import ctypes

    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _python(arguments: list[str], offscreen: bool = False) -> int:
    """Run the environment's Python in this folder; its exit code. Ctrl+C is the child's to answer."""
    environment = dict(os.environ)
    if offscreen and sys.platform.startswith("linux"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    process = subprocess.Popen([PYTHON, *arguments], cwd=ROOT, env=environment)
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue
        return code if code >= 0 else 128 - code


def _with_newer_python(arguments: list[str]) -> int:
    """This Python is too old: go on with a newer one, or say what to install."""
    for minor in (13, 12, 11, 14):
        newer = shutil.which(f"python3.{minor}")
        if newer and subprocess.call([newer, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return subprocess.call([newer, os.path.abspath(__file__), *arguments])
    print("Kinoscope needs Python 3.11 or later; this is {}.{}.".format(*sys.version_info), file=sys.stderr)
    print("Install it from python.org, or with: apt-get install python3.11 python3.11-venv", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
