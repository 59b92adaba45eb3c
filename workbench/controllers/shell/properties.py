"""Fills the Properties panel with what is known of the selected source, and keeps its figures fresh."""

from __future__ import annotations

import time
from dataclasses import asdict
from math import isfinite
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from engines.cameras.sources.changes import file_of, tile_titles
from engines.cameras.sources.parsing import dump, title
from engines.cameras.types import FeedStatus, SimpleSource, Source
from engines.core.addresses import bare
from engines.core.errors import KinoscopeError
from engines.core.files import dump_json
from engines.core.frames import Size
from engines.core.lenses import pinhole
from engines.core.names import shown
from engines.core.optics import FieldOfView, field_of_view
from engines.core.undistortion import Undistortion, straight_camera
from engines.core.words import as_sentence, tr
from widgets.kit.panel import Stat
from widgets.shell.properties import PropertiesPanel, PropertiesShown, PropertyGroup
from widgets.sources.told import told
from widgets.viewer.transport import clock_words
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.calibrations import ago
from workbench.services import Services

REFRESH_MS = 400
KINDS = {
    "usb": tr("Camera"),
    "file": tr("Video file"),
    "folder": tr("Folder of pictures"),
    "stream": tr("Network stream"),
    "scene": tr("Rendered scene"),
    "tiled": tr("Tiled source"),
}
LABELS = {
    "address": tr("Address"),
    "backend": tr("Backend"),
    "width": tr("Width"),
    "height": tr("Height"),
    "fps": tr("Rate"),
    "path": tr("Name"),
    "pattern": tr("Pattern"),
    "url": tr("Address"),
    "timeout": tr("Timeout"),
    "cameras": tr("Cameras"),
    "noise": tr("Noise"),
    "blur": tr("Blur"),
    "seed": tr("Seed"),
}
UNITS = {"fps": "fps", "timeout": "s", "noise": tr("grey levels"), "blur": "px", "width": "px", "height": "px"}


class PropertiesController(QObject):
    """Follows the viewer's selection; works only while the panel can be seen."""

    def __init__(self, panel: PropertiesPanel, viewer: ViewerController, services: Services) -> None:
        super().__init__(panel)
        self._panel, self._viewer, self._services = panel, viewer, services
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._chosen = ""
        viewer.selectedChanged.connect(self.show)
        panel.copy.clicked.connect(self._copy)

    def refresh(self) -> None:
        """Show the selected source as it is now."""
        path = self._path()
        feed_id, _, tile = path.partition("/")
        if feed_id not in self._services.feeds.ids():
            self._panel.show_properties(PropertiesShown())
            return
        feed = self._services.feeds.feed(feed_id)
        status = self._services.feeds.status(path)
        feeds, said = self._services.feeds, told(status)
        state = f"{said.word}: {said.message}" if said.message else said.word
        groups = (
            _picture(status, tile), *self._camera(path), self._flow(status, path), _description(feed.source)
        )  # fmt: skip
        straight = feeds.child(path) is not None
        shown = PropertiesShown(
            feeds.title(path), state, said.level, groups, path,
            called=None if straight else feeds.view_title(path) if tile else title(feed.source),
            loop=status.loop if file_of(feed.source) and not tile else None,
            calibrated=self._services.calibrations.best(path) is not None,
            straight=straight,
        )  # fmt: skip
        self._panel.show_properties(shown)

    def show(self, path: str) -> None:
        """Show this source until another one is selected in the viewer or in the list."""
        self._chosen = path
        self.refresh()

    def _path(self) -> str:
        there = self._services.feeds.paths(self._chosen.partition("/")[0])
        return self._chosen if self._chosen in there else self._viewer.selected_path()

    def close(self) -> None:
        self._clock.stop()

    def _tick(self) -> None:
        if self._panel.isVisible():
            self.refresh()

    def _flow(self, status: FeedStatus, path: str) -> PropertyGroup:
        latency = self._viewer.latency_ms(path)
        stats = [
            Stat(tr("Arriving"), f"{status.fps:.1f}", "fps", tip=tr("Frames that arrived in the last second")),
            Stat(tr("Frames so far"), f"{status.frames}"),
            Stat(
                tr("Not shown"),
                f"{self._viewer.dropped(path)}",
                tr("frames"),
                tip=tr("A newer one was there before the screen"),
            ),
            Stat(tr("Lost by the source"), f"{status.lost}", tr("frames")),
        ]
        if latency is not None:
            stats.append(
                Stat(tr("Capture to screen"), f"{latency:.1f}", "ms", tip=tr("Median of the last thirty pictures"))
            )
        stats.append(Stat(tr("Position"), clock_words(status.position)))
        return PropertyGroup("flow", tuple(stats))

    def _camera(self, path: str) -> list[PropertyGroup]:
        """The calibration that belongs to the source, and what is shown where it is straightened."""
        known, child = self._services.calibrations, self._services.feeds.child(path)
        kept = known.best(path)
        groups = [] if child is None else [_straight(child.undistortion, known.size(path))]
        if kept is None:
            words = known.words(path)
            return [*groups, PropertyGroup("lens", (), f"{as_sentence(words)}")] if words else groups
        seen = field_of_view(kept.result.lens, kept.result.image_size)
        stats = [Stat(tr("Resolution"), f"{kept.result.image_size.width} × {kept.result.image_size.height}", "px")]
        if kept.result.rms_px:
            stats.append(
                Stat("RMS", f"{kept.result.rms_px:.3f}", "px", tip=tr("Reprojection error of the calibration"))
            )
        stats += _angles(seen)
        if kept.focus:
            stats.append(Stat(tr("Focus"), kept.focus, given=True))
        stats.append(
            Stat(tr("Kept"), ago(time.time() - kept.at), tip=time.strftime("%Y-%m-%d %H:%M", time.localtime(kept.at)))
        )
        return [*groups, PropertyGroup("lens", tuple(stats), kept.path.stem)]

    def _copy(self) -> None:
        feed = self._path().partition("/")[0]
        if feed in self._services.feeds.ids():
            text = dump_json(dump(self._services.feeds.feed(feed).source))
            QGuiApplication.clipboard().setText(text)
            self._services.notify(tr("Copied. Saved as a .json file, it can be dropped on the window"), "info")


def _straight(how: Undistortion, size: Size | None) -> PropertyGroup:
    try:
        straight, shown = straight_camera(how, size or how.size)
    except KinoscopeError as error:
        return PropertyGroup("undistorted", (), str(error))
    seen = field_of_view(pinhole(straight), shown)
    stats = Stat(tr("Size"), f"{shown.width} × {shown.height}", "px"), *_angles(seen)
    focal = Stat(
        tr("Focal length"), f"{straight.fx:.1f}", "px", tip=tr("Of the straightened picture, which is a pinhole's")
    )
    balance = Stat(tr("Balance"), f"{100 * how.balance:.0f}", "%", tip=tr("0: nothing black, 100: nothing lost"))
    return PropertyGroup("undistorted", (*stats, focal, balance))


def _angles(seen: FieldOfView) -> list[Stat]:
    tip = tr("Field of view between the outer edges")
    sides = (
        (tr("Sees across"), seen.horizontal),
        (tr("Sees down"), seen.vertical),
        (tr("Corner to corner"), seen.diagonal),
    )
    return [Stat(name, f"{angle:.1f}", "°", tip=tip) for name, angle in sides if isfinite(angle)]


def _picture(status: FeedStatus, tile: str) -> PropertyGroup:
    info = status.info
    if info is None:
        return PropertyGroup("picture", (Stat(tr("Size"), tr("not known yet")),))
    rows, columns = info.grid
    width, height = info.size.width, info.size.height
    stats = [Stat(tr("Size"), f"{width} × {height}", "px")]
    if info.tiles:
        stats.append(Stat(tr("Tile size"), f"{width // columns} × {height // rows}", "px"))
        stats.append(Stat(tr("Tiles"), f"{rows} × {columns}", tip=", ".join(info.tiles)))
    stats.append(Stat(tr("Nominal rate"), f"{info.fps:g}", "fps"))
    if info.frames is not None:
        stats.append(Stat(tr("Frames"), f"{info.frames}"))
    if info.duration is not None:
        stats.append(Stat(tr("Duration"), clock_words(info.duration)))
    return PropertyGroup("picture", tuple(stats), info.detail)


def _description(source: Source) -> PropertyGroup:
    inner: SimpleSource = source.of if source.kind == "tiled" else source
    stats = [Stat(tr("Kind"), KINDS[source.kind])]
    if source.kind == "tiled":
        stats.append(Stat(tr("Made of"), KINDS[inner.kind]))
    for name, value in asdict(inner).items():
        if name in ("kind", "name", "camera", "board", "size", "loop", "speed") or value in ("", 0):
            continue
        words = Path(value).name if name == "path" else f"{value:g}" if isinstance(value, float) else str(value)
        words, tip = shown(bare(words)), shown(bare(str(value)))
        stats.append(Stat(LABELS.get(name, name.capitalize()), words, UNITS.get(name, ""), tip=tip, given=True))
    lies = str(inner.board) if inner.kind == "scene" else shown(file_of(source))
    notes = ", ".join(tile_titles(source).values()), lies
    return PropertyGroup("source", tuple(stats), "\n".join(filter(None, notes)))
