"""Whatever is said anywhere arrives in the book and in the file, and never as a flood."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, qWarning

from workbench.controllers.shell.log import origin_of, origins
from workbench.log import LogBook, logging_to, set_up_logging
from workbench.plugged import FEATURES


@pytest.fixture
def book(qtbot, tmp_path: Path) -> Iterator[LogBook]:
    made = set_up_logging(tmp_path / "log ü")
    yield made
    made.close()


def texts(book: LogBook) -> list[str]:
    return [line.text for line in book.rows()]


def test_lines_have_numbers_and_can_be_asked_for_after_one(book: LogBook) -> None:
    for word in ("one", "two", "three"):
        logging.getLogger("words").info("%s", word)
    assert texts(book) == ["one", "two", "three"]
    second = book.rows()[1]
    assert [line.text for line in book.rows(second.number)] == ["three"]
    assert (second.logger, second.level_name) == ("words", "info")


def test_many_lines_from_many_threads_ring_once(book: LogBook, qtbot) -> None:
    rings: list[int] = []
    book.changed.connect(lambda: rings.append(threading.get_ident()))
    writers = [
        threading.Thread(target=lambda: [logging.getLogger("w").info("line %d", n) for n in range(500)])
        for _ in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    qtbot.waitUntil(lambda: bool(rings))
    QCoreApplication.processEvents()
    assert rings == [threading.get_ident()]
    assert len(book.rows()) == 2000
    assert [line.number for line in book.rows()] == list(range(1, 2001))


def test_the_ring_is_bounded_and_keeps_the_newest(qtbot, tmp_path: Path) -> None:
    book = LogBook(depth=10)
    with logging_to(book, tmp_path):
        for number in range(1000):
            logging.info("%d", number)
    assert texts(book) == [str(number) for number in range(990, 1000)]
    book.close()


def test_an_uncaught_exception_of_a_thread_is_logged_with_its_traceback(book: LogBook) -> None:
    def breaks() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=breaks)
    hook, threading.excepthook = threading.excepthook, book_hook(book)
    thread.start()
    thread.join()
    threading.excepthook = hook
    (line,) = book.rows()
    assert line.text == "ValueError: in a thread"
    assert "in breaks" in line.details
    assert line.level == logging.ERROR


def book_hook(book: LogBook):
    """The hook that the log set up; the test tool puts its own on top."""
    from workbench import log

    return log._uncaught_in_thread


def test_an_uncaught_exception_of_the_window_is_logged(book: LogBook) -> None:
    assert sys.excepthook is not sys.__excepthook__
    try:
        raise KeyError("lost")
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    assert texts(book) == ["KeyError: 'lost'"]


def test_qt_and_warnings_are_in_the_log(book: LogBook) -> None:
    qWarning("Qt is not amused")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old ways", stacklevel=1)
    assert "Qt is not amused" in texts(book)
    assert any("old ways" in text for text in texts(book))


def test_the_file_has_it_all(book: LogBook) -> None:
    try:
        raise ZeroDivisionError("ü")
    except ZeroDivisionError:
        logging.getLogger("engine").exception("The engine stopped")
    assert book.path is not None
    text = book.path.read_text(encoding="utf-8")
    assert "ERROR   engine: The engine stopped\n    Traceback" in text
    assert "ZeroDivisionError: ü" in text


def test_a_folder_that_cannot_be_written_does_not_stop_the_program(
    qtbot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text("in the way", encoding="utf-8")
    book = set_up_logging(tmp_path / "log")
    logging.warning("still here")
    assert texts(book) == ["still here"]
    assert "cannot be written" in capsys.readouterr().err
    book.close()


def test_closing_takes_everything_down(qtbot, tmp_path: Path) -> None:
    before = (sys.excepthook, threading.excepthook, list(logging.getLogger().handlers), logging.getLogger().level)
    book = set_up_logging(tmp_path)
    book.close()
    book.close()
    after = (sys.excepthook, threading.excepthook, list(logging.getLogger().handlers), logging.getLogger().level)
    assert before == after


@pytest.mark.parametrize(
    ("logger", "origin"),
    [
        ("engines.faces.tracking.live", "Faces"),
        ("workbench.controllers.generative.models", "Diffusion"),
        ("engines.calibration.rig.solving", "Rig"),
        ("engines.calibration.mono", "Calibration"),
        ("engines.cameras.feed.running", "Sources"),
        ("workbench.window.main", "Window"),
        ("worker.worker 1", "Jobs"),
        ("uncaught", "Window"),
        ("PIL.Image", "PIL"),
    ],
)
def test_a_line_is_of_the_part_of_the_program_that_people_know(logger: str, origin: str) -> None:
    assert origin_of(logger, origins(FEATURES)) == origin
