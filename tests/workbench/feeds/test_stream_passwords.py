"""Passwords of streams: in the keyring or asked for again, and in nothing that the window shows or writes."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtWidgets import QInputDialog, QLabel, QWidget

from engines.cameras.types import StreamSource, TiledSource
from engines.core.databases import open_database
from engines.core.places import data_dir
from tests.memory_keyring import InMemory
from tests.workbench.opened import Opened, until
from workbench.feeds import passwords
from workbench.project.bundle import export
from workbench.project.file import Project
from workbench.project.finding import new_project
from workbench.project.items import FORMAT

Open = Callable[..., Opened]


@pytest.fixture
def ring() -> Iterator[InMemory]:
    before, ring = keyring.get_keyring(), InMemory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def no_ring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def address() -> str:
    """Where nobody answers, with a password of many letters, written as an address has it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"rtsp://admin:s3cr3t%23%2F:p%40@127.0.0.1:{free.getsockname()[1]}/live"


def shown_words(opened: Opened) -> str:
    """Every text and tooltip of the window, its notices, its log and its titles."""
    widgets = opened.window.findChildren(QWidget)
    texts = [widget.toolTip() + widget.accessibleName() + widget.windowTitle() for widget in widgets]
    texts += [label.text() for label in opened.window.findChildren(QLabel)]
    return "\n".join([*texts, *opened.notices, *(f"{row.text}{row.details}" for row in opened.log)])


def written() -> bytes:
    return b"".join(path.read_bytes() for path in data_dir().parent.rglob("*") if path.is_file())


def failed(opened: Opened, id: str) -> bool:
    return "no stream is offered there" in opened.status(id).message


def test_a_password_is_in_the_keyring_and_nowhere_else(open_window: Open, qtbot, ring: InMemory, address: str) -> None:
    first = open_window()
    first.drop_text(address)
    until(qtbot, lambda: failed(first, "stream1") and ring.kept)
    first.window.viewer.select(0)
    first.window.properties.refresh()
    assert "s3cr3t" not in shown_words(first)
    first.end()
    assert b"s3cr3t" not in written()
    second = open_window()
    until(qtbot, lambda: failed(second, "stream1"))
    assert passwords.address_of(second.window.services.feeds.feed("stream1").source) == address
    assert second.window.viewer.shown() == {0: "stream1"}
    assert "s3cr3t" not in shown_words(second)


def test_without_a_keyring_it_is_asked_for_again(
    open_window: Open, qtbot, no_ring: None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_window()
    first.drop_text(f"tiled:1x2:{address}")
    until(qtbot, lambda: "tiled1" in first.sources)
    first.end()
    assert b"s3cr3t" not in written()
    second = open_window()
    until(qtbot, lambda: second.says("password", "not kept"))
    asked = []
    monkeypatch.setattr(QInputDialog, "getText", lambda *words: (asked.append(words[2]), ("s3cr3t#/:p@", True))[1])
    second.window.sources.ask_password("tiled1")
    source = second.window.services.feeds.feed("tiled1").source
    assert passwords.address_of(source) == address.replace(":p%40", "%3Ap%40")
    assert "s3cr3t" not in "".join(asked)
    until(qtbot, lambda: failed(second, "tiled1"))
    second.end()
    assert b"s3cr3t" not in written()


def put(path: Path, source: str) -> None:
    """A source as a project of before held it."""
    with closing(open_database(path, FORMAT)) as base:
        base.execute("INSERT INTO items VALUES ('source', 'stream1', 1, ?)", (source,))


def test_what_an_old_project_held_is_taken_out(open_window: Open, qtbot, ring: InMemory, address: str) -> None:
    old = new_project()
    old.close()
    text = json.dumps({"kind": "stream", "url": address, "name": "", "timeout": 5.0})
    put(old.path, text)
    assert b"s3cr3t" in old.path.read_bytes()
    opened = open_window()
    until(qtbot, lambda: opened.says("no passwords any more", "keyring") and failed(opened, "stream1"))
    assert passwords.address_of(opened.window.services.feeds.feed("stream1").source) == address
    assert list(ring.kept.values()) == [address]
    opened.end()
    assert b"s3cr3t" not in written()
    again = Project(old.path)
    assert again.get("source", "stream1")[passwords.ASKS] is True
    again.close()


def test_a_copy_of_an_old_project_that_is_open_elsewhere_holds_none(
    open_window: Open, qtbot, ring: InMemory, address: str, tmp_path: Path
) -> None:
    text = json.dumps({"kind": "stream", "url": address, "name": "", "timeout": 5.0})
    put(tmp_path / "old.kino", text)
    elsewhere = Project(tmp_path / "old.kino")
    opened = open_window(str(elsewhere.path))
    until(qtbot, lambda: opened.window.services.project.read_only)
    opened.window.project._save(tmp_path / "copy.kino")
    until(qtbot, lambda: opened.says("no passwords any more"))
    opened.end()
    elsewhere.close()
    assert b"s3cr3t" in elsewhere.path.read_bytes()
    assert b"s3cr3t" not in (tmp_path / "copy.kino").read_bytes()


def test_a_source_changes_its_address_and_nothing_else() -> None:
    stream = StreamSource("rtsp://a@b/c", "Door", 3.0)
    tiled = TiledSource(stream, 2, 2, ("x",), "Rig")
    assert passwords.with_address(stream, "rtsp://a:p@b/c") == StreamSource("rtsp://a:p@b/c", "Door", 3.0)
    assert passwords.with_address(tiled, "rtsp://a:p@b/c") == TiledSource(
        StreamSource("rtsp://a:p@b/c", "Door", 3.0), 2, 2, ("x",), "Rig"
    )
    assert [passwords.has_password(source) for source in (stream, tiled)] == [False, False]


def test_exports_hold_no_password(tmp_path: Path) -> None:
    put(tmp_path / "p.kino", '{"url": "rtsp://a:s3cr3t@b/c"}')
    project = Project(tmp_path / "p.kino")
    file, *_ = export(project, tmp_path / "bundle")
    assert "s3cr3t" not in file.read_text()
    project.close()
