"""The texts of the window as a file for translators, which keeps what was translated."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import main
from engines.core.words import tr, tr_count
from workbench.work.languages import CONTEXT, read_texts, speak_in


def test_a_file_of_texts_is_translated_read_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "de.ts"
    assert main.main(["texts", "--out", str(out)]) == 0
    messages = {one.findtext("source"): one for one in ElementTree.parse(out).iter("message")}
    assert len(messages) > 3000
    assert read_texts(out) == {}
    counted, plain = messages["{n:,} views"], messages["Calibration failed"]
    assert (counted.get("numerus"), counted.findtext("extracomment")) == ("yes", "For 1: {n} view")
    location = plain.find("location")
    assert location is not None
    assert location.get("filename", "").startswith("workbench/controllers/calibration")
    head, _, tail = out.read_text("utf-8").partition("<source>Calibration failed</source>")
    out.write_text(f"{head}<source>Calibration failed</source>{_finished(tail, 'Kalibrierung gescheitert')}", "utf-8")
    assert main.main(["texts", "--out", str(out)]) == 0
    assert read_texts(out) == {(CONTEXT, "Calibration failed"): ("Kalibrierung gescheitert",)}
    speak_in("de", tmp_path)
    try:
        assert tr("Calibration failed") == "Kalibrierung gescheitert"
        assert tr_count(1, "{n} view", "{n:,} views") == "1 view"
    finally:
        speak_in("en")


def _finished(tail: str, words: str) -> str:
    return tail.replace('<translation type="unfinished"></translation>', f"<translation>{words}</translation>", 1)


def test_nothing_of_anybody_else_is_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "notes.ts"
    other.write_text("export const a = 1")
    assert main.main(["texts", "--out", str(other)]) != 0
    assert other.read_text() == "export const a = 1"
    assert main.main(["texts", "--out", "de.txt"]) == 2
