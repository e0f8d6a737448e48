"""Frames of a video, hashed on the Y plane: key frames evenly spread over its length, or one a second."""

import io
import math
import time
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Self

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from haechi.adapters.media.picture import UndecodableError
from haechi.adapters.media.tents import Pixels
from haechi.adapters.media.turns import TURNS, Turn
from haechi.domain.fingerprint import Symmetry

FRAMES = 120
"""Frames hashed at most, spread over the whole length."""
PIXELS = 40_000_000
"""A larger frame is not decoded (8K is 33 million)."""
SECONDS = 20.0
"""Time after which the frames found so far are all there are."""
MINUTES = 120
"""A longer film is hashed up to here when it is hashed second by second."""
LONG_SECONDS = 200.0
"""Time after which the frames found so far are all, when every frame is decoded."""

# A demuxer is chosen by the first bytes, never by FFmpeg's guessing: some of its formats are lists of other files
# and addresses to open.
_FORMATS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "video/x-flv": "flv",
    "video/x-ms-wmv": "asf",
    "video/mpeg": "mpeg",
}
_HALF_A_MILLISECOND = 0.0005
_TURNED = {90: Symmetry.ROTATE_90, 180: Symmetry.ROTATE_180, 270: Symmetry.ROTATE_270}


class Film:
    """An open video: its size as shown, its length if it tells one, and its key frames."""

    def __init__(self, file: io.BufferedIOBase, mime: str, *, is_every_frame: bool = False) -> None:
        """Open the video in `file` and decode its first key frame. Raises `UndecodableError`.

        Only with `is_every_frame` are the frames between key frames decoded, which takes ten times as long and more.
        """
        self._container, self._stream = _open(file, mime, is_every_frame=is_every_frame)
        self._lost = 0
        self._frames = self._decoded(is_every_frame=is_every_frame)
        first = next(self._frames, None)
        if first is None:
            self.close()
            raise UndecodableError(code="undecodable", mime=mime)
        self._first = first
        size = self._stream.codec_context.width, self._stream.codec_context.height
        self.width, self.height = reversed(size) if TURNS[_turn(first)].swap else size
        self.duration_ms = _duration_ms(self._container, self._stream)
        self.findings: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the decoder go now: what it holds of a film is more than a collector that counts objects would see."""
        self._frames.close()
        self._container.close()

    def frames(self, *, most: int = FRAMES, seconds: float = SECONDS) -> Iterator[tuple[int, Pixels, Turn]]:
        """Yield (time in ms, Y plane, turn) of at most `most` key frames, none nearer to the last than even spread needs.

        What could not be decoded, or was left out because `seconds` had passed, is in `findings` afterwards.
        """
        deadline = time.monotonic() + seconds
        gap_ms = (self.duration_ms or 0) / most
        wanted_ms, count = 0.0, 0
        for frame in chain((self._first,), self._frames):
            at_ms = max(0, round((frame.time or 0.0) * 1000))
            if at_ms < wanted_ms:
                continue
            if count == most or time.monotonic() > deadline:
                self.findings.append("video-partly-examined")
                return
            pixels = self._pixels(frame)
            if pixels is None:
                continue
            yield at_ms, pixels, TURNS[_turn(frame)]
            wanted_ms, count = at_ms + gap_ms, count + 1
        if self._lost:
            self.findings.append("truncated")

    def every_second(self, *, seconds: float = LONG_SECONDS) -> Iterator[tuple[int, Pixels, Turn]]:
        """Yield (time in ms, Y plane, turn) of the first frame of each second, as vPDQ takes them, of `MINUTES` at most.

        What could not be decoded, or was left out because `seconds` had passed, is in `findings` afterwards.
        """
        deadline = time.monotonic() + seconds
        start_s = self._first.time or 0.0
        wanted_s = start_s
        for frame in chain((self._first,), self._frames):
            at_s = frame.time if frame.time is not None else wanted_s
            if time.monotonic() > deadline or at_s - start_s > MINUTES * 60:
                self.findings.append("video-partly-examined")
                return
            if at_s + _HALF_A_MILLISECOND < wanted_s:
                continue
            pixels = self._pixels(frame)
            if pixels is None:
                continue
            yield max(0, round((at_s - start_s) * 1000)), pixels, TURNS[_turn(frame)]
            wanted_s = start_s + math.floor(at_s - start_s + _HALF_A_MILLISECOND) + 1
        if self._lost:
            self.findings.append("truncated")

    def _pixels(self, frame: VideoFrame) -> Pixels | None:
        """Return the Y plane; None, and one more lost, for a frame whose form has none and cannot be made grey."""
        try:
            return _luma(frame)
        except (av.error.FFmpegError, ValueError, IndexError):
            self._lost += 1
            return None

    def _decoded(self, *, is_every_frame: bool) -> Generator[VideoFrame]:
        """Yield key frames, or all; packets that are not wanted are not decoded, broken ones are counted and passed over."""
        try:
            for packet in self._container.demux(self._stream):
                if packet.size and not packet.is_keyframe and not is_every_frame:
                    continue
                try:
                    yield from packet.decode()
                except (av.error.FFmpegError, ValueError):
                    self._lost += 1
        except (av.error.FFmpegError, ValueError):
            self._lost += 1


def _open(file: io.BufferedIOBase, mime: str, *, is_every_frame: bool) -> tuple[InputContainer, VideoStream]:
    name = _FORMATS.get(mime)
    if name is None:
        raise UndecodableError(code="unsupported-format", mime=mime)
    try:
        container = av.open(file, "r", format=name, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise UndecodableError(code="undecodable", mime=mime) from error
    if not container.streams.video:
        raise UndecodableError(code="no-picture-in-video", mime=mime)
    stream = container.streams.video[0]
    context = stream.codec_context
    if context is None:  # FFmpeg has no decoder for it
        raise UndecodableError(code="unsupported-format", mime=mime)
    if context.width * context.height > PIXELS:
        raise UndecodableError(code="too-many-pixels", width=context.width, height=context.height)
    stream.thread_count = 1
    stream.thread_type = "NONE"
    context.skip_frame = "DEFAULT" if is_every_frame else "NONKEY"
    # A stream may declare another size with every frame: the decoder itself refuses what is too large.
    context.options = {**context.options, "max_pixels": str(PIXELS)}
    return container, stream


def _luma(frame: VideoFrame) -> Pixels:
    """Return the Y plane as it is; formats without an 8-bit one are converted to grey."""
    if not frame.format.name.startswith(("yuv4", "yuvj4", "nv12", "nv21")) or frame.format.components[0].bits != 8:  # noqa: PLR2004
        frame = frame.reformat(format="gray")
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: frame.height, : frame.width])


def _turn(frame: VideoFrame) -> Symmetry:
    """Return how the frame is shown, from the display matrix: counter-clockwise degrees."""
    return _TURNED.get(round(frame.rotation) % 360, Symmetry.UPRIGHT)


def _duration_ms(container: InputContainer, stream: VideoStream) -> int | None:
    if stream.duration and stream.time_base:
        length = float(stream.duration * stream.time_base * 1000)
    elif container.duration:
        length = container.duration / 1000  # AV_TIME_BASE: microseconds
    else:
        return None
    return round(length) if 0 < length < 1e12 else None  # noqa: PLR2004 -- thirty years
