"""No password of an address is shown or kept, whatever characters it has."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.core.addresses import bare, hidden, ill_written, typed, with_password, without_passwords
from engines.core.errors import BadInput

PASSWORDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x17F), min_size=1, max_size=12).map(
    lambda text: f"s3cr3t{text}s3cr3t"
)


@given(PASSWORDS)
def test_a_password_of_any_letters_is_hidden_everywhere(password: str) -> None:
    address = f"rtsp://admin:{password}@10.0.0.5:554/live"
    assert bare(address) == "rtsp://admin@10.0.0.5:554/live"
    assert without_passwords({"of": [address, 1, None]}) == {"of": ["rtsp://admin@10.0.0.5:554/live", 1, None]}
    error = BadInput(f"'{address}' is no stream", path=address)
    said = (hidden(f"It is {address}, yes"), str(error), error.as_json()["path"], typed(f"rtsp:/admin:{password}@cam"))
    assert not any("s3cr3t" in str(text) for text in said)
    assert "s3cr3t" not in typed(f"admin:{password}@10.0.0.5/live")


@given(PASSWORDS)
def test_any_password_can_be_put_back(password: str) -> None:
    whole = with_password("rtsp://admin@cam:554/live", password)
    parts = urlsplit(whole)
    assert (unquote(parts.password or ""), parts.hostname, parts.port) == (password, "cam", 554)
    assert ill_written(whole) == ""
    assert bare(whole) == "rtsp://admin@cam:554/live"
    asked = with_password("http://cam/v?user=a&pwd=", password)
    assert asked.startswith("http://cam/v?user=a&pwd=s3cr3t")
    assert bare(asked) == "http://cam/v?user=a&pwd="


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://cam/x", "RTSP://cam:554/x", "rtsp://[fe80::1]:554/x", "rtsp://admin@h/x", "rtsp://admin:@h/x",
        "rtsp://h/cam?channel=1&subtype=0&codec=h264", "https://h/a:b/@u/x.mp4", "file:///home/a:b@c.mp4",
        "/home/a:b@c.mp4", "C:/a:b@c.mp4", r"C:\a:b@c.mp4", "usb:0", "tiled:2x2:scene", "a@b.c: hello", "",
    ],
)  # fmt: skip
def test_what_holds_no_password_stays_as_it_is(address: str) -> None:
    assert bare(address) == hidden(address) == address
    assert ill_written(address) == ""


@pytest.mark.parametrize("letter", list("#/? ") + ["\\"])
def test_a_letter_that_ends_the_password_is_to_be_written_otherwise(letter: str) -> None:
    assert "# as %23" in ill_written(f"rtsp://admin:pa{letter}ss@10.0.0.5:554/live")


@pytest.mark.parametrize("key", ["pwd", "password", "token", "loginpas", "api_key", "auth", "sig"])
def test_fields_that_are_secret_are_emptied(key: str) -> None:
    assert bare(f"http://cam/v.mjpg?user=a&{key}=s3&c&r=1") == f"http://cam/v.mjpg?user=a&{key}=&r=1"
