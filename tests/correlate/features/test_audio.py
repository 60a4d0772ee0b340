import re
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from correlate.features.audio import RATE, decode
from ontology.errors import InvalidInput

Write = Callable[..., Path]


def tone(hertz: float, seconds: float, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)


def test_samples_come_back_as_written(tmp_path: Path, write_sound: Write) -> None:
    written = tone(440, 1.5)
    sound = decode(write_sound(tmp_path / "a.wav", written))
    assert sound.rate == 16_000
    assert sound.duration == 1.5
    assert sound.samples.dtype == np.float32
    assert sound.damage == ""
    np.testing.assert_allclose(sound.samples, written, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp3", "libmp3lame"), ("a.ogg", "libopus"), ("a.flac", "flac"), ("a.m4a", "aac")]
)
def test_every_container_gives_the_same_tone(tmp_path: Path, write_sound: Write, name: str, codec: str) -> None:
    sound = decode(write_sound(tmp_path / name, tone(1000, 2), codec))
    assert sound.duration == pytest.approx(2, abs=0.15)
    assert sound.damage == ""
    spectrum = np.abs(np.fft.rfft(sound.samples[RATE // 2 : RATE // 2 + RATE]))
    assert spectrum.argmax() == 1000


def test_stereo_is_mixed_and_resampled(tmp_path: Path) -> None:
    time = np.arange(44_100) / 44_100
    left, right = 0.8 * np.sin(2 * np.pi * 500 * time), 0.4 * np.sin(2 * np.pi * 700 * time)
    with wave.open(str(tmp_path / "s.wav"), "wb") as file:
        file.setparams((2, 2, 44_100, 0, "NONE", ""))
        file.writeframes((np.stack([left, right], axis=1) * 32767).astype("<i2").tobytes())
    sound = decode(tmp_path / "s.wav")
    assert len(sound.samples) == pytest.approx(RATE, abs=40)
    spectrum = np.abs(np.fft.rfft(sound.samples[:RATE])) / (RATE / 2)
    assert spectrum[500] == pytest.approx(0.4, abs=0.03)
    assert spectrum[700] == pytest.approx(0.2, abs=0.03)


def test_a_late_sound_track_keeps_its_time(
    tmp_path: Path, write_video: Write, scenes: Callable[[int], np.ndarray]
) -> None:
    path = write_video(tmp_path / "v.mp4", [scenes(1)] * 30, sound=tone(440, 1), start=2.0)
    samples = decode(path).samples
    assert np.abs(samples[: round(1.9 * RATE)]).max() < 0.01
    assert np.abs(samples[round(2.1 * RATE) : round(2.9 * RATE)]).max() > 0.4


def test_no_sound_track(tmp_path: Path, write_video: Write, scenes: Callable[[int], np.ndarray]) -> None:
    with pytest.raises(InvalidInput, match=r"v\.mp4 holds no sound track"):
        decode(write_video(tmp_path / "v.mp4", [scenes(1)] * 3))


def test_zero_seconds(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "z.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"")
    with pytest.raises(InvalidInput, match=r"z\.wav holds no sound: 0 seconds"):
        decode(tmp_path / "z.wav")


def test_longer_than_allowed(tmp_path: Path, write_sound: Write) -> None:
    path = write_sound(tmp_path / "a.wav", tone(440, 3))
    assert decode(path, limit_seconds=3).duration == 3
    with pytest.raises(InvalidInput, match="more than 2 seconds"):
        decode(path, limit_seconds=2)


def test_a_cut_off_file_is_kept_as_far_as_it_goes(tmp_path: Path, write_sound: Write) -> None:
    whole = write_sound(tmp_path / "a.flac", np.random.default_rng(0).uniform(-0.5, 0.5, 8 * RATE), "flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    sound = decode(tmp_path / "cut.flac")
    assert 3 < sound.duration < 4.5
    assert sound.damage == f"only {sound.duration:.1f} of 8.0 seconds can be decoded: cut off or damaged"


def test_damage_in_the_middle_is_passed_over(tmp_path: Path, write_sound: Write) -> None:
    content = bytearray(write_sound(tmp_path / "a.m4a", tone(440, 8), "aac").read_bytes())
    middle = content.index(b"mdat") + 8000
    content[middle : middle + 3000] = b"\xff" * 3000
    (tmp_path / "hurt.m4a").write_bytes(content)
    sound = decode(tmp_path / "hurt.m4a")
    assert sound.duration > 5
    assert re.fullmatch(r"(\d+ packets cannot be decoded|only .* seconds can be decoded).*", sound.damage)


@pytest.mark.parametrize(
    "content", [b"", b"not a sound", b"RIFF\x24\x00\x00\x00WAVEfmt ", bytes(4000), b"OggS" + bytes(500)]
)
def test_no_sound_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"x\.wav (cannot be read|holds no sound)"):
        decode(tmp_path / "x.wav")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"gone\.wav cannot be read: No such file"):
        decode(tmp_path / "gone.wav")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.ffconcat", "ffconcat version 1.0\nfile secret.wav\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.wav\n#EXT-X-ENDLIST\n"),
        ("call.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"),
    ],
)
def test_a_playlist_opens_no_other_file_or_connection(
    tmp_path: Path, write_sound: Write, name: str, content: str
) -> None:
    write_sound(tmp_path / "secret.wav", tone(440, 1))
    (tmp_path / name).write_text(content)
    with pytest.raises(InvalidInput, match="cannot be read as sound or video"):
        decode(tmp_path / name)


@pytest.mark.data
def test_a_cover_is_no_obstacle(data_dir: Path) -> None:
    with_cover = data_dir / "librosa-audio" / "audio" / "Kevin_MacLeod_-_Vibe_Ace.ogg"
    assert decode(with_cover).duration == pytest.approx(61.459, abs=0.01)
