"""Key frames of a video, hashed on the Y plane, evenly spread over its length."""

import io
import time
from collections.abc import Iterator
from itertools import chain

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from haechi.adapters.media.pdq import TURNS, Pixels, Turn
from haechi.adapters.media.picture import UndecodableError
from haechi.domain.fingerprint import Symmetry

FRAMES = 120
"""Frames hashed at most, spread over the whole length."""
PIXELS = 40_000_000
"""A larger frame is not decoded (8K is 33 million)."""
SECONDS = 20.0
"""Time after which the frames found so far are all there are."""

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
_TURNED = {90: Symmetry.ROTATE_90, 180: Symmetry.ROTATE_180, 270: Symmetry.ROTATE_270}


class Film:
    """An open video: its size as shown, its length if it tells one, and its key frames."""

    def __init__(self, file: io.BufferedIOBase, mime: str) -> None:
        """Open the video in `file` and decode its first key frame. Raises `UndecodableError`."""
        self._container, self._stream = _open(file, mime)
        self._lost = 0
        self._frames = self._key_frames()
        first = next(self._frames, None)
        if first is None:
            raise UndecodableError(code="undecodable", mime=mime)
        self._first = first
        size = self._stream.codec_context.width, self._stream.codec_context.height
        self.width, self.height = reversed(size) if TURNS[_turn(first)].swap else size
        self.duration_ms = _duration_ms(self._container, self._stream)
        self.findings: list[str] = []

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
            yield at_ms, _luma(frame), TURNS[_turn(frame)]
            wanted_ms, count = at_ms + gap_ms, count + 1
        if self._lost:
            self.findings.append("truncated")

    def _key_frames(self) -> Iterator[VideoFrame]:
        """Yield key frames; packets between them are not decoded, broken ones are counted and passed over."""
        try:
            for packet in self._container.demux(self._stream):
                if packet.size and not packet.is_keyframe:
                    continue
                try:
                    yield from packet.decode()
                except (av.error.FFmpegError, ValueError):
                    self._lost += 1
        except (av.error.FFmpegError, ValueError):
            self._lost += 1


def _open(file: io.BufferedIOBase, mime: str) -> tuple[InputContainer, VideoStream]:
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
    context.skip_frame = "NONKEY"
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
