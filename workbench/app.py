"""Starting and ending the window. Everything that runs is owned by one supervisor and ends with it."""

from __future__ import annotations

import atexit
import locale
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from engines.core.installing import PROGRAM
from engines.core.places import choose_folders, log_dir
from widgets.kit.access import roles
from widgets.kit.lengths.units import UNITS
from workbench.diagnostics import crashes
from workbench.log import LogBook, set_up_logging
from workbench.project.settings import SettingsStore, kept_scale
from workbench.threads.gc_guard import Garbage
from workbench.threads.supervisor import Supervisor
from workbench.window import language, theme
from workbench.work.limits import limit

log_ = logging.getLogger(__name__)

ICONS = Path(__file__).resolve().parents[1] / "resources" / "icons" / "app"
ICON_SIZES = (16, 24, 32, 48, 64, 128)


def main(argv: Sequence[str]) -> int:
    """Open the window on `argv`: a project, or files, folders and addresses to add as sources. The exit code."""
    if not has_display():
        print(f"No display found. Run `{PROGRAM} tour --out tour` for pictures, or set DISPLAY.", file=sys.stderr)
        return 1
    set_scale(kept_scale())
    app = make_application()
    supervisor = Supervisor()
    atexit.register(supervisor.shutdown)
    garbage = Garbage(app)
    settings, log = open_state()
    from workbench.window.main import Window

    try:
        window = Window(supervisor, settings, log)
        supervisor.save = window.save
        window.show()
        garbage.set_aside()
        theme.WARDROBE.begin()
        window.start(list(argv))
        if crashes.take(log_dir()):
            window.dialogs.report.offer()
        crashes.watch(log_dir())
        window.closed.connect(app.quit)
        close_on_signals(window.close)
        log_.info("The window is open (%s)", app.platformName())
        code = app.exec()
    finally:
        supervisor.shutdown()
        garbage.close()
        crashes.stop()
    return supervisor.leave(code)


def make_application() -> QApplication:
    """The application object, named, before any window. Numbers have a decimal point, whatever the system's language.

    Qt puts the system's language on the C library of the whole process, which others use to read and write numbers.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["kinoscope"])
    locale.setlocale(locale.LC_NUMERIC, "C")
    app.setApplicationName("Kinoscope")
    app.setDesktopFileName("kinoscope")
    roles.install()
    app.setWindowIcon(app_icon())
    return app


def set_scale(percent: int) -> None:
    """Text and controls of this size in an application that is not made yet, unless the environment names one."""
    if percent != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{percent / 100:g}")


def app_icon() -> QIcon:
    """The program's own icon, in the sizes that title bars, task bars and switchers show."""
    made = QIcon()
    for pixels in ICON_SIZES:
        made.addFile(str(ICONS / f"{pixels}.png"))
    return made


def open_state() -> tuple[SettingsStore, LogBook]:
    """Settings and log; the settings' language and theme are put on. Modules with texts are imported after it."""
    book = set_up_logging()
    settings = SettingsStore()
    app = make_application()
    language.put_on(app, settings.value.language)
    theme.LOOK.pack(settings.value.density == "compact")
    theme.apply(app, settings.value.theme)
    UNITS.choose(settings.value.units)
    limit(settings.value.threads, settings.value.gpu)
    choose_folders(settings.value.pictures, settings.value.store)
    return settings, book


def close_on_signals(close: Callable[[], object]) -> None:
    """Ctrl+C in the terminal and a polite kill close the window as its cross does, with everything saved.

    Python hears a signal when it next runs, be it in the middle of painting: the collector's timer sees to that within
    half a second. So the window is closed in a turn of the event loop of its own.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: QTimer.singleShot(0, close))


def has_display() -> bool:
    """Qt can open a window, or was told to go without."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
