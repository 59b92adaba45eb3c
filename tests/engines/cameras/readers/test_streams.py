"""Streams: silence, refusal, breaking and coming back. USB cameras that are not there, hang or are pulled out."""

from __future__ import annotations

import socket
from threading import Event
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from engines.cameras.feed.pacing import backoff
from engines.cameras.feed.playback_requests import PlaybackRequests
from engines.cameras.feed.running import Feed
from engines.cameras.readers.abandonable import Abandoned, Hand, Stalled
from engines.cameras.readers.reader import TimedPicture
from engines.cameras.readers.stream import StreamReader
from engines.cameras.readers.usb import UsbReader
from engines.cameras.sources.usb import list_cameras
from engines.cameras.types import FeedInfo, FeedState, StreamSource, UsbCamera, UsbSource
from engines.core.errors import BadInput, SourceFailed
from engines.core.frames import End, Frame, Gap, GapReason, Size
from engines.core.slots import Lossless
from tests.engines.cameras.films import next_frame, next_item, number_in
from tests.engines.cameras.readers.servers import Motion, Shelf, Silent


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_stream_that_never_answers_can_be_given_up(run, scheme):
    with Silent() as server:
        running = run(Feed("s", StreamSource(f"{scheme}://{server.address}/live")))
        assert server.called.wait(20)
        assert running.feed.status().state is FeedState.OPENING
        running.stop()


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_stream_that_never_answers_times_out_with_words(run, scheme):
    with Silent() as server:
        running = run(Feed("s", StreamSource(f"{scheme}://name:secret@{server.address}/live", timeout=0.4)))
        message = running.until(lambda s: s.state is FeedState.FAILED).message
    assert "No answer within 0.4 s" in message
    assert server.address in message
    assert "secret" not in message


def test_nobody_there(run):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = run(Feed("s", StreamSource(f"rtsp://127.0.0.1:{port}/live", timeout=3.0)))
    assert "no stream is offered there" in running.until(lambda s: s.state is FeedState.FAILED).message


def test_what_is_no_address_is_refused():
    with pytest.raises(BadInput, match="not a stream's address"):
        StreamReader(StreamSource("/dev/null")).open()


def test_a_live_stream_plays_and_pausing_drops_what_is_old(run):
    with Motion() as server:
        feed = Feed("cam", StreamSource(server.url, timeout=5.0))
        slot = feed.subscribe(Lossless(1000))
        running = run(feed)
        frames = [next_frame(slot) for _ in range(20)]
        numbers = [number_in(f.image) for f in frames]
        assert numbers == list(range(20))
        assert [f.stamp.index for f in frames] == list(range(20))
        assert all(b.stamp.media_time > a.stamp.media_time for a, b in zip(frames, frames[1:], strict=False))
        info = feed.status().info
        assert info is not None
        assert (info.live, info.seekable, info.size) == (True, False, Size(160, 96))
        feed.pause()
        held = running.until(lambda s: s.state is FeedState.PAUSED).frames
        assert next_frame(feed.subscribe()).stamp.index == held - 1
        feed.step()
        running.until(lambda s: s.frames == held + 1)
        feed.play()
        running.until(lambda s: s.state is FeedState.PLAYING and s.frames > held + 3)
        running.stop()


def test_a_video_on_a_server_is_paced_and_ends(video, run, clock):
    path = video(frames=6)
    with Shelf(path.parent) as server:
        feed = Feed("web", StreamSource(server.url(path.name), timeout=5.0), clock=clock)
        slot = feed.subscribe(Lossless())
        running = run(feed)
        frames = [next_frame(slot)]
        assert slot.take(0.12) is None, "the second picture came before its time"
        for _ in range(5):
            clock.advance(0.04)
            frames.append(next_frame(slot))
        assert [number_in(f.image) for f in frames] == list(range(6))
        status = running.until(lambda s: s.state is FeedState.ENDED)
        assert status.info is not None
        assert not status.info.live
        assert status.info.duration == pytest.approx(6 / 25, abs=0.02)
        feed.play()
        assert next_item(slot) == End("web")
        assert next_item(slot) == Gap("web", 0, GapReason.REOPENED)
        assert number_in(next_frame(slot).image) == 0
        running.stop()
    with Shelf(path.parent) as server:
        running = run(Feed("web", StreamSource(server.url("gone.mp4"), timeout=5.0)))
        assert "There is no stream of this name" in running.until(lambda s: s.state is FeedState.FAILED).message
        running.stop()


def test_a_stream_that_breaks_comes_back_and_counts_on(run, clock):
    with Motion(burst=30) as server:
        feed = Feed("cam", StreamSource(server.url, timeout=5.0), clock=clock)
        slot = feed.subscribe(Lossless(1000))
        running = run(feed)
        first = [next_frame(slot) for _ in range(5)]
        message = running.until(lambda s: s.state is FeedState.RECONNECTING).message
        assert "trying again in 0.5 s" in message
        clock.advance(0.6)
        while not isinstance(item := next_item(slot), Gap):
            assert isinstance(item, Frame)
            first.append(item)
        assert item == Gap("cam", 0, GapReason.REOPENED)
        again = next_frame(slot)
        assert number_in(again.image) == 0
        assert again.stamp.index == first[-1].stamp.index + 1
        assert again.stamp.media_time > first[-1].stamp.media_time
        assert running.until(lambda s: s.state is FeedState.PLAYING or s.frames > 30).frames > 25
        running.stop()
    assert server.callers >= 2


def test_retry_does_not_wait_for_the_back_off(run, clock):
    with Motion(burst=15) as server:
        feed = Feed("cam", StreamSource(server.url, timeout=5.0), clock=clock)
        running = run(feed)
        seen = running.until(lambda s: s.state is FeedState.RECONNECTING).frames
        feed.retry()
        running.until(lambda s: s.frames > seen)
        running.stop()


class FakeCamera:
    """A camera whose reads are told what to do."""

    paced = False
    reconnects = True
    open_limit = 5.0
    read_limit = 0.1
    note = ""
    plugged = True

    def __init__(self) -> None:
        self.hang = Event()
        self.reads = 0

    def open(self) -> FeedInfo:
        if not self.plugged:
            raise SourceFailed("The camera does not open")
        return FeedInfo(Size(8, 6), 30.0)

    def read(self):
        self.reads += 1
        if self.reads > 5:
            return self.at_the_end()
        return TimedPicture(np.zeros((6, 8, 3), np.uint8), self.reads - 1, self.reads / 30)

    def at_the_end(self):
        return End("", "The camera may have been unplugged")

    def locate(self, seconds: float) -> int:
        return 0

    def seek(self, index: int) -> None:
        """No past."""

    def close(self) -> None:
        self.hang.set()


def test_an_unplugged_camera_is_awaited(run, monkeypatch, clock):
    monkeypatch.setattr("engines.cameras.feed.running.reader_for", lambda source, clock: FakeCamera())
    monkeypatch.setattr(FakeCamera, "plugged", True)
    feed = Feed("usb", UsbSource("0"), clock=clock)
    running = run(feed)
    assert "unplugged" in running.until(lambda s: s.state is FeedState.RECONNECTING).message
    monkeypatch.setattr(FakeCamera, "plugged", False)
    clock.advance(0.6)
    assert "trying again in 1 s" in running.until(lambda s: "does not open" in s.message).message
    monkeypatch.setattr(FakeCamera, "plugged", True)
    clock.advance(1.1)
    running.until(lambda s: s.frames == 10)


def test_a_camera_that_hangs_is_left_and_the_feed_stops(run, monkeypatch):
    camera = FakeCamera()
    monkeypatch.setattr(camera, "at_the_end", lambda: camera.hang.wait() and End(""))
    monkeypatch.setattr("engines.cameras.feed.running.reader_for", lambda source, clock: camera)
    running = run(Feed("usb", UsbSource("0")))
    assert "No picture came for 0.1 s" in running.until(lambda s: s.state is FeedState.RECONNECTING).message
    running.stop()
    assert not camera.hang.is_set()
    camera.hang.set()


def test_a_camera_that_is_not_there_says_so(run):
    running = run(Feed("usb", UsbSource("/dev/no-such-camera", "Webcam")))
    message = running.until(lambda s: s.state is FeedState.FAILED).message
    assert message.startswith("Webcam does not open")
    assert "plugged in" in message


class FakeCapture:
    """OpenCV's capture of a gray camera that gives three pictures and is then pulled out."""

    def __init__(self, target: int | str, backend: int) -> None:
        self.target, self.backend, self.left, self.wishes = target, backend, 4, {}
        captures.append(self)

    def isOpened(self) -> bool:
        return True

    def read(self):
        self.left -= 1
        return (True, np.full((6, 8), self.left, np.uint8)) if self.left >= 0 else (False, None)

    def set(self, name: int, value: float) -> bool:
        self.wishes[name] = value
        return True

    def get(self, name: int) -> float:
        return 15.0

    def getBackendName(self) -> str:
        return "FAKE"

    def release(self) -> None:
        self.left = -1


captures: list[FakeCapture] = []


def test_a_camera_is_asked_for_what_was_wished_and_its_loss_is_told(monkeypatch, clock):
    monkeypatch.setattr(cv2, "VideoCapture", FakeCapture)
    reader = UsbReader(UsbSource("2", "Webcam", 200, 1280, 720, 15.0), clock)
    info = reader.open()
    assert (info.size, info.fps, info.live, info.seekable) == (Size(8, 6), 15.0, True, False)
    assert (captures[-1].target, captures[-1].backend) == (2, 200)
    assert captures[-1].wishes[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    pictures = []
    while isinstance(item := reader.read(), TimedPicture):
        pictures.append(item)
        clock.advance(0.5)
    assert [p.index for p in pictures] == [0, 1, 2]
    assert [p.media_time for p in pictures] == [0.0, 0.5, 1.0]
    assert pictures[0].image.shape == (6, 8, 3)
    assert isinstance(item, End)
    assert item.why == "Webcam gives no more pictures; it may have been unplugged"
    reader.close()


def test_only_the_node_of_a_camera_that_gives_pictures_is_listed(monkeypatch, tmp_path):
    for node, index in (("video0", "0"), ("video1", "1")):
        (tmp_path / node).mkdir()
        (tmp_path / node / "index").write_text(f"{index}\n")
    monkeypatch.setattr("engines.cameras.sources.usb.NODES", tmp_path)
    listed = [SimpleNamespace(name="Webcam", path=f"/dev/video{n}", index=200 + n, backend=200) for n in range(3)]
    monkeypatch.setattr("cv2_enumerate_cameras.enumerate_cameras", lambda: listed)
    assert list_cameras() == [UsbCamera("Webcam", "0", 200), UsbCamera("Webcam", "2", 200)]


def test_the_list_of_cameras_never_raises_or_blocks(monkeypatch):
    assert all(isinstance(camera, UsbCamera) for camera in list_cameras())
    hanging = Event()
    monkeypatch.setattr("engines.cameras.sources.usb._enumerate", lambda: hanging.wait() and [])
    assert list_cameras(0.05) == []
    assert not hanging.is_set()
    hanging.set()
    monkeypatch.undo()
    monkeypatch.setattr("cv2_enumerate_cameras.enumerate_cameras", lambda: 1 / 0)
    assert list_cameras() == []


def test_a_hand_gives_raises_stalls_and_can_be_left():
    wishes = PlaybackRequests(loop=False, speed=1.0)
    hand, hold, closed = Hand("test", wishes.bell), Event(), Event()
    assert hand.call(lambda: 42, lambda: False) == 42
    with pytest.raises(ZeroDivisionError):
        hand.call(lambda: 1 // 0, lambda: False)
    with pytest.raises(Stalled):
        hand.call(lambda: hold.wait(20), lambda: False, 0.02)
    with pytest.raises(Abandoned):
        hand.call(lambda: None, lambda: True)
    assert not hand.leave(closed.set, 0.01)
    hold.set()
    assert closed.wait(20)
    hand.join()
    assert not hand.alive


def test_back_off_doubles_up_to_ten_seconds():
    assert [backoff(n) for n in (1, 2, 3, 4, 5, 6, 60)] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
