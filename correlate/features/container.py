"""Opening files of sound and moving pictures, which anybody may have made to do harm.

Only the demuxers named here are tried, so a playlist that names other files or addresses is refused, and FFmpeg reads
through an open file, never by a name. Damaged packets are passed over and counted: what decodes is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ontology.errors import InvalidInput

DEMUXERS: Final = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,eac3,flac,flv,gif,h264,hevc,ivf,m4v,matroska,webm,mov,mp3,mp4,mpeg,mpegts,mpegvideo,"
    "ogg,w64,wav"
)
MAX_PIXELS: Final = 8192 * 4320
"""A frame of more is not decoded."""

_ESTIMATED: Final = frozenset({"aac", "ac3", "amr", "eac3", "h264", "hevc", "m4v", "mp3", "mpeg", "mpegvideo"})
"""Formats that do not say how long they last: FFmpeg estimates it from the first frames."""

F = TypeVar("F", AudioFrame, VideoFrame)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a container for reading. What FFmpeg refuses, there or inside the block, becomes `InvalidInput`."""
    try:
        with (
            path.open("rb") as file,
            av.open(file, "r", options={"format_whitelist": DEMUXERS}, metadata_errors="ignore") as container,
        ):
            yield container
    except av.error.FFmpegError as error:
        raise InvalidInput(f"{path.name} cannot be read as sound or video: {error.strerror}") from error
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror or error}") from error


def origin(container: InputContainer) -> float:
    """The time stamp in seconds that a player shows as 0."""
    return (container.start_time or 0) / av.time_base


def declared_seconds(container: InputContainer, stream: AudioStream | VideoStream) -> float | None:
    """How long a stream says that it lasts; None where the format does not say."""
    if _ESTIMATED & set(container.format.name.split(",")):
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / av.time_base


def moving_picture(container: InputContainer) -> VideoStream | None:
    """The video stream to look at; a cover or a thumbnail that is attached to a sound is none."""
    still = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
    streams = [stream for stream in container.streams.video if not stream.disposition & still]
    best = container.streams.best("video")
    if best in streams:
        return best
    return streams[0] if streams else None


def require_decoder(path: Path, stream: AudioStream | VideoStream) -> None:
    """Raise `InvalidInput` for a stream in a codec that FFmpeg does not know."""
    if stream.codec_context is None:
        raise InvalidInput(f"{path.name} holds {stream.type} in a codec that cannot be decoded")


class Tracks(NamedTuple):
    """What a file holds, as its header says."""

    pictures: bool
    sound: bool


def tracks(path: Path) -> Tracks:
    """Say whether a file holds moving pictures, and whether sound. Raises `InvalidInput` if it cannot be read."""
    with opened(path) as container:
        return Tracks(moving_picture(container) is not None, bool(container.streams.audio))


def frames(
    container: InputContainer, stream: AudioStream | VideoStream, kind: type[F], damage: list[str]
) -> Iterator[F]:
    """Decode one stream in order. What could not be decoded leaves a note in `damage`."""
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            decoded = packet.decode()
        except av.error.FFmpegError as error:
            damage.append(error.strerror or str(error))
            continue
        except IndexError:
            # PyAV cannot end a file in which another stream begins after its header: all packets have been read.
            return
        for frame in decoded:
            if isinstance(frame, kind):
                yield frame


def shortfall(seconds: float, declared: float | None, damage: list[str]) -> str:
    """Say what is missing of a stream: "" for nothing, else a sentence. `seconds` is how much was decoded."""
    if declared is not None and seconds < 0.95 * declared - 0.5:
        return f"only {seconds:.1f} of {declared:.1f} seconds can be decoded: cut off or damaged"
    if damage:
        return f"{len(damage)} packets cannot be decoded ({damage[0]})"
    return ""
