"""By what a source is recognised before anything is opened. Light, so that the window can ask without a decoder."""

from __future__ import annotations

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".jp2"})
"""Endings of the images that a folder is searched for."""

SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "rtp", "srt", "tcp")
"""Addresses that are streams."""
