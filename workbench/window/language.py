"""The language of the window: our texts and Qt's own, such as the buttons of its dialogs, through Qt's translators."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from engines.core import words
from workbench.work.languages import CONTEXT, ENGLISH, MADE, Catalogue, chosen, speak_in


class CatalogueTranslator(QTranslator):
    """Answers Qt from a catalogue."""

    def __init__(self, catalogue: Catalogue, parent: QApplication) -> None:
        super().__init__(parent)
        self._catalogue = catalogue

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, _disambiguation: str | None = None, n: int = -1) -> str | None:  # type: ignore[override]
        """The text, or None where the catalogue has none: then Qt asks the next translator."""
        return self._catalogue.say(context, source, n) or None


def put_on(app: QApplication, setting: str) -> str:
    """Speak the chosen language from now on, in dates too: before a module with texts is imported. Its name."""
    language = chosen(setting, QLocale.system().uiLanguages())
    catalogue = speak_in(language)
    QLocale.setDefault(QLocale(ENGLISH if language in MADE else language))
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    if language == ENGLISH:
        return language
    of_qt = QTranslator(app)
    if of_qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(of_qt)
    app.installTranslator(CatalogueTranslator(catalogue, app))
    words.speak(lru_cache(8192)(_through_qt))
    return language


def _through_qt(source: str, count: int) -> str:
    """Qt gives the source back where no translator has the text; "" then, so that one and many are told apart."""
    said = QCoreApplication.translate(CONTEXT, source, None, count)
    return "" if said == source else said
