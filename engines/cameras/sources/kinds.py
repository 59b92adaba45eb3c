"""By what a source is recognised before anything is opened. Light, so that the window can ask without a decoder."""

from __future__ import annotations

SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "rtp", "srt", "tcp")
"""Addresses that are streams."""
