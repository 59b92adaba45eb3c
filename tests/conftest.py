"""What every test gets: real data, a clock to move by hand, state folders of its own, and a check that it tidied up.

A test that leaves a thread, timer, process, window or shared-memory block behind fails and is told what it
left and, where that is known, the line that started it.
"""

from __future__ import annotations

import gc
import itertools
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")

import pytest
from hypothesis import settings

import tests.spoken  # noqa: F401
from engines.core import places
from engines.core.clock import ManualClock
from engines.core.store.registry import REGISTRY
from tests import leaks, side_by_side

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("KINOSCOPE_DATA", ROOT.parent / "shared" / "data"))

STORE = places.store_dir()
HOMES = itertools.count()

leaks.remember_starts()
settings.register_profile("kinoscope", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "kinoscope"))


@pytest.fixture
def data() -> Path:
    """The folder of real photographs and recordings; `KINOSCOPE_DATA` says where it is."""
    if not DATA.is_dir():
        pytest.skip(f"no real data at {DATA} (set KINOSCOPE_DATA)")
    return DATA


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some film: a routine of six actions (`tests.routine`), with its `labels.csv` beside it. Only to be read."""
    from tests import routine

    return routine.write(tmp_path_factory.mktemp("routine"))


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`weights("yunet", "sface")`: the model store has these files, or the test is skipped and says how to get them."""

    def need(*names: str) -> None:
        missing = [name for name in names if not (STORE / REGISTRY[name].filename).is_file()]
        if missing:
            pytest.skip(f"not fetched: python main.py models fetch {' '.join(missing)}")
        monkeypatch.setenv(places.STORE_VARIABLE, str(STORE))

    return need


@pytest.fixture
def walking(weights: Callable[..., None]) -> Path:
    """A real film in which somebody walks, of the model store."""
    weights("walking")
    return STORE / REGISTRY["walking"].filename


@pytest.fixture
def portrait(weights: Callable[..., None]) -> Path:
    """A photograph of one person, of the model store."""
    weights("yunet", "astronaut")
    return STORE / REGISTRY["astronaut"].filename


@pytest.fixture(scope="session")
def _people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests import people

    return people.write(STORE / REGISTRY["astronaut"].filename, tmp_path_factory.mktemp("people"))


@pytest.fixture
def people(portrait: Path, weights: Callable[..., None], request: pytest.FixtureRequest) -> Path:
    """A folder of six pictures of each of eight invented people (`tests.people`). Only to be read."""
    weights("sface")
    return request.getfixturevalue("_people")


@pytest.fixture(scope="session")
def _group(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import cv2

    from tests import people

    path = tmp_path_factory.mktemp("group") / "group.png"
    cv2.imwrite(str(path), people.group(STORE / REGISTRY["astronaut"].filename, *range(6)))
    return path


@pytest.fixture
def group(portrait: Path, request: pytest.FixtureRequest) -> Path:
    """A picture of six invented people. Only to be read."""
    return request.getfixturevalue("_group")


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until `advance` is called."""
    return ManualClock(100.0)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(HOMES))
    home.mkdir(parents=True)
    monkeypatch.setenv("KINOSCOPE_HOME", str(home))
    monkeypatch.delenv(places.STORE_VARIABLE, raising=False)


@pytest.fixture(autouse=True, scope="module")
def _only_what_is_new_is_garbage() -> None:
    """What is there before a file's tests stays, and costs no look at it each time that garbage is collected."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _collects_garbage_here() -> Iterator[None]:
    """As the window does (`workbench.threads.gc_guard`): no other thread may destroy a `QObject` of a cycle."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    if "qapp" in request.fixturenames or "qtbot" in request.fixturenames:
        request.getfixturevalue("qapp")
    before = leaks.look()
    yield
    left = leaks.left_since(before)
    if left:
        pytest.fail("left behind:\n" + "\n".join(left), pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    side_by_side.arrange(items)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with side_by_side.turn(item, item.config._tmp_path_factory.getbasetemp().parent):
        return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many tests were skipped, and why."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    if not reasons:
        terminalreporter.write_line("No test was skipped.")
        return
    terminalreporter.write_line(f"{reasons.total()} skipped:")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"  {count} x {reason}")
