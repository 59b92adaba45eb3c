"""The menus of the timeline, for a segment, a model's lane, a track and the choice of a class."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from engines.core.words import tr
from widgets.charts.class_colors import class_words, draw_swatch
from widgets.kit.icons import icon
from widgets.timeline.hits import Hit
from widgets.timeline.surface import Surface

KEYS = 9


def swatch(place: int) -> QIcon:
    """A class's colour and hatch as an icon."""
    made = QPixmap(24, 24)
    made.setDevicePixelRatio(2)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    draw_swatch(painter, QRectF(1, 1, 10, 10), place)
    painter.end()
    return QIcon(made)


def add_classes(menu: QMenu, classes: tuple[str, ...], chosen: Callable[[str], object]) -> None:
    """An entry a class, with its key."""
    for place, name in enumerate(classes):
        key = f"&{place + 1}  " if place < KEYS else ""
        menu.addAction(swatch(place), f"{key}{class_words(name)}").triggered.connect(
            lambda _on=False, name=name: chosen(name)
        )
    if not classes:
        menu.addAction(tr("Add a class in the panel first")).setEnabled(False)


def class_menu(surface: Surface, chosen: Callable[[str], object]) -> QMenu:
    """Which class? One of those there are."""
    menu = _menu(surface)
    add_classes(menu, surface.view.classes, chosen)
    return menu


def context_menu(surface: Surface, found: Hit) -> QMenu:
    """The menu of the thing that was clicked."""
    menu = _menu(surface)
    if found.part in ("segment", "start", "end"):
        _of_segment(surface, menu, found)
    elif found.part == "event" and found.lane is not None:
        event = surface.view.tracks[found.lane.index].events[found.index]
        _entry(menu, "play", tr("Play from here"), partial(surface.play_from, event.start))
        end = event.end if event.end is not None else surface.scope.high
        _entry(menu, "zoom-in", tr("Zoom to it"), lambda: surface.look(surface.scope.over(event.start, end)))
    else:
        _entry(menu, "play", tr("Play from here"), partial(surface.play_from, surface.snapped(found.seconds)))
    if surface.view.editing:
        menu.addSeparator()
        _of_marking(surface, menu)
    menu.addSeparator()
    _of_view(surface, menu, found)
    return menu


def _of_segment(surface: Surface, menu: QMenu, found: Hit) -> None:
    labels, frames, index = surface.view.labels, surface.frames, found.index
    if labels is None:
        return
    whole = labels.segments[index]
    start, end = frames.edge(whole.start), frames.edge(whole.end + 1)
    _entry(menu, "play", tr("Play from here"), partial(surface.play_from, start))
    _entry(menu, "zoom-in", tr("Zoom to it"), lambda: surface.look(surface.scope.over(start, end)))
    if not surface.view.editing:
        return
    menu.addSeparator()
    other = menu.addMenu(icon("edit"), tr("Relabel"))
    add_classes(other, surface.view.classes, partial(surface.want_relabel, index))
    now = frames.at(surface.view.position)
    at = now if whole.start < now <= whole.end else frames.at(found.seconds)
    words = tr("Split at the now-line") if at == now else tr("Split here")
    entry = _entry(menu, "", words, lambda: surface.splitWanted.emit(index, at))
    entry.setEnabled(whole.start < at <= whole.end)
    _entry(menu, "delete", tr("Remove"), lambda: surface.segmentRemoved.emit(index))


def _of_marking(surface: Surface, menu: QMenu) -> None:
    if surface.view.marking:
        words = tr("Close {class_words} at the now-line", class_words=class_words(surface.view.marking))
        _entry(menu, "check", words, lambda: surface.markWanted.emit(surface.view.marking))
        _entry(menu, "close", tr("Discard the open segment"), surface.markDropped.emit)
    else:
        other = menu.addMenu(tr("Mark from the now-line"))
        add_classes(other, surface.view.classes, surface.markWanted.emit)
    _entry(menu, "add", tr("New track"), partial(ask_track, surface, surface.trackChosen.emit))


def _of_view(surface: Surface, menu: QMenu, found: Hit) -> None:
    if found.lane is not None and found.lane.kind != "labels":
        words = tr("Show as curves") if found.lane.heat or surface.is_heat(found.lane.name) else tr("Show as heat")
        _entry(menu, "chart", words, partial(surface.toggle_heat, found.lane.name))
        _entry(menu, "export", tr("Export events"), surface.exportEventsWanted.emit)
    _entry(menu, "fit", tr("Show all"), surface.fit)
    words = tr("Stop following") if surface.scope.following else tr("Follow now")
    _entry(menu, "target", words, partial(surface.follow, not surface.scope.following))


def ask_track(parent: QWidget, added: Callable[[str], object]) -> QInputDialog:
    """The name of a new track."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("New track"))
    dialog.setLabelText(tr("Name of the track"))
    dialog.setTextValue(tr("hands"))
    dialog.setOkButtonText(tr("Add"))
    dialog.textValueSelected.connect(lambda name: added(name.strip()) if name.strip() else None)
    dialog.open()
    return dialog


def popup(surface: Surface, menu: QMenu, place: QPointF) -> None:
    menu.popup(surface.viewport().mapToGlobal(place.toPoint()))


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def _entry(menu: QMenu, role: str, words: str, act: Callable[[], object]) -> QAction:
    entry = menu.addAction(icon(role), words) if role else menu.addAction(words)
    entry.triggered.connect(lambda _on=False: act())
    return entry
