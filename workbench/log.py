"""One log for everything: a rotating file, and a bounded ring that the Log panel reads.

Uncaught exceptions of any thread, Qt's own messages, Python's warnings and what workers say all arrive here as
records. The panel is rung once for however many lines came, and asks for those after the last it has seen.
"""

from __future__ import annotations

import itertools
import logging
import logging.handlers
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from engines.core.addresses import hidden
from engines.core.names import shown
from engines.core.places import LOG, log_dir
from workbench.threads.engine_thread import Wake
from workbench.work.failure import Failure

DEPTH = 100_000
FILE_BYTES = 2 << 20
FILES = 4
PATTERN = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record. number: grows by one from 1. time: seconds since the epoch. details: a traceback, or ""."""

    number: int
    time: float
    level: int
    logger: str
    text: str
    details: str = ""

    @property
    def level_name(self) -> str:
        return logging.getLevelName(self.level).lower()


class LogBook(QObject):
    """The newest lines of the log, for the window. `changed` comes once for however many lines were added."""

    changed = Signal()

    def __init__(self, depth: int = DEPTH, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[LogLine] = deque(maxlen=depth)
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._wake = Wake(self.changed, self)
        self.path: Path | None = None
        self.take_down: Callable[[], None] | None = None

    def rows(self, since: int = 0) -> list[LogLine]:
        """Lines with a number above `since`, oldest first."""
        with self._lock:
            newer = itertools.takewhile(lambda line: line.number > since, reversed(self._lines))
            return list(newer)[::-1]

    def add(self, time: float, level: int, logger: str, text: str, details: str = "") -> None:
        """From any thread."""
        with self._lock:
            self._lines.append(LogLine(next(self._numbers), time, level, logger, text, details))
        self._wake.ring()

    def clear(self) -> None:
        """Empty the ring; the file keeps everything."""
        with self._lock:
            self._lines.clear()
        self._wake.ring()

    def close(self) -> None:
        """Tell the window nothing more and take the logging set up for this book down. May be called again."""
        self._wake.close()
        take_down, self.take_down = self.take_down, None
        if take_down is not None:
            take_down()


class BookHandler(logging.Handler):
    """Puts records into a `LogBook`."""

    def __init__(self, book: LogBook) -> None:
        super().__init__()
        self.book = book

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.book.add(record.created, record.levelno, record.name, text_of(record), details_of(record))
        except Exception:
            self.handleError(record)


class FileFormatter(logging.Formatter):
    """A line per record, its details indented below."""

    def __init__(self) -> None:
        super().__init__(PATTERN)

    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record)} {record.levelname:<7} {record.name}: {text_of(record)}"
        details = details_of(record).rstrip()
        return head if not details else head + "\n    " + details.replace("\n", "\n    ")


class File(logging.handlers.RotatingFileHandler):
    """The log file. What the disk does not take is in the Log panel all the same, and never in the way."""

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def close(self) -> None:
        with suppress(OSError):
            super().close()


def text_of(record: logging.LogRecord) -> str:
    """What a record says, in letters that can be shown and without the passwords of addresses."""
    return shown(hidden(record.getMessage()))


def details_of(record: logging.LogRecord) -> str:
    """The traceback of a record, whether it was raised here or came from a worker."""
    if record.exc_info and record.exc_info[1] is not None:
        return shown(hidden("".join(traceback.format_exception(record.exc_info[1]))))
    return shown(hidden(str(getattr(record, "details", "") or "")))


@contextmanager
def logging_to(book: LogBook | None = None, folder: Path | None = None, level: int = logging.INFO) -> Iterator[Path]:
    """Everything that is logged goes to `book` and to a file in `folder`, for a block; gives the file's path."""
    path = (folder or log_dir()) / LOG
    handlers = _handlers(book, path)
    root = logging.getLogger()
    before = (root.level, sys.excepthook, threading.excepthook, logging.logThreads)
    root.setLevel(level)
    for handler in handlers:
        root.addHandler(handler)
    logging.captureWarnings(True)
    logging.logThreads = False
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    qt_before = qInstallMessageHandler(_qt_message)
    try:
        yield path
    finally:
        qInstallMessageHandler(qt_before)
        level, sys.excepthook, threading.excepthook, logging.logThreads = before
        root.setLevel(level)
        logging.captureWarnings(False)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def set_up_logging(folder: Path | None = None) -> LogBook:
    """Set logging up for the application, until the book is closed; its `path` is the log file."""
    book = LogBook()
    stack = ExitStack()
    book.path = stack.enter_context(logging_to(book, folder))
    book.take_down = stack.close
    return book


def _handlers(book: LogBook | None, path: Path) -> list[logging.Handler]:
    handlers: list[logging.Handler] = [] if book is None else [BookHandler(book)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = File(path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="replace", delay=True)
        file.setFormatter(FileFormatter())
        handlers.append(file)
    except OSError as error:
        print(f"The log file cannot be written: {error}", file=sys.stderr)
    return handlers


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    failure = Failure.of(error)
    logging.getLogger("uncaught").error("%s", failure, extra={"details": failure.traceback})
    if sys.stderr is not None:
        print(failure.traceback, file=sys.stderr)


def _uncaught_in_thread(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not isinstance(hook.exc_value, SystemExit):
        _uncaught(hook.exc_type, hook.exc_value, hook.exc_traceback)


def _qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    category = getattr(context, "category", None) or "default"
    logging.getLogger(f"qt.{category}").log(QT_LEVELS.get(kind, logging.WARNING), "%s", text)
