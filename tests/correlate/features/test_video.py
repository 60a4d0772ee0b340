from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from correlate.features import video
from correlate.features.audio import decode
from correlate.features.container import Tracks, tracks
from correlate.features.video import Shot, key_frames, shots
from ontology.errors import InvalidInput

Write = Callable[..., Path]
Scene = Callable[[int], np.ndarray]


def test_shots_and_their_key_frames(tmp_path: Path, write_video: Write, scenes: Scene) -> None:
    path = write_video(tmp_path / "v.mp4", [scenes(1)] * 20 + [scenes(2)] * 35 + [scenes(3)] * 15)
    clip = shots(path)
    assert clip.damage == ""
    assert [(shot.start, shot.end) for shot in clip.shots] == [(0.0, 2.0), (2.0, 5.5), (5.5, 7.0)]
    assert all(shot.start <= shot.key_time < shot.end and 0 < shot.score <= 1 for shot in clip.shots)
    frames = list(key_frames(path, clip.shots))
    for frame, number in zip(frames, (1, 2, 3), strict=True):
        assert frame.size == (128, 96)
        assert np.abs(np.asarray(frame, float) - scenes(number)).mean() < 8
    assert shots(path) == clip


def test_one_frame_is_one_shot(tmp_path: Path, write_video: Write, scenes: Scene) -> None:
    path = write_video(tmp_path / "v.mp4", [scenes(1)])
    (shot,) = shots(path).shots
    assert (shot.start, shot.key_time) == (0, 0)
    assert shot.end > 0
    assert len(list(key_frames(path, [shot]))) == 1


def test_a_long_shot_comes_in_parts(tmp_path: Path, write_video: Write, scenes: Scene) -> None:
    path = write_video(tmp_path / "v.mp4", [scenes(1)] * 70 + [scenes(2)] * 10, rate=1)
    clip = shots(path)
    assert [(shot.start, shot.end) for shot in clip.shots] == [(0, 23.33), (23.33, 46.67), (46.67, 70), (70, 80)]
    assert all(shot.start <= shot.key_time < shot.end for shot in clip.shots)
    assert len(list(key_frames(path, clip.shots))) == 4


def test_a_slide_show_of_few_frames(tmp_path: Path, write_video: Write, scenes: Scene) -> None:
    with av.open(str(tmp_path / "v.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=1)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.codec_context.max_b_frames = 0
        for number in range(4):
            frame = av.VideoFrame.from_ndarray(scenes(number), format="rgb24")
            frame.pts = number * 70
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    clip = shots(tmp_path / "v.mp4")
    assert [shot.key_time for shot in clip.shots] == sorted(shot.key_time for shot in clip.shots)
    assert all(shot.end - shot.start <= 30 for shot in clip.shots)
    pictures = list(key_frames(tmp_path / "v.mp4", clip.shots))
    for number in range(4):
        (shown, *_) = [picture for shot, picture in zip(clip.shots, pictures, strict=True) if shot.start == number * 70]
        assert np.abs(np.asarray(shown, float) - scenes(number)).mean() < 8


def test_never_more_shots_than_allowed(
    tmp_path: Path, write_video: Write, scenes: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "_MOST_SHOTS", 3)
    path = write_video(tmp_path / "v.mp4", [scene for number in range(8) for scene in [scenes(number)] * 10])
    clip = shots(path)
    assert len(clip.shots) == 3
    assert clip.shots[0].start == 0
    assert clip.shots[-1].end == 8
    assert [a.end for a in clip.shots[:-1]] == [b.start for b in clip.shots[1:]]


def test_the_black_between_is_not_the_key_frame(tmp_path: Path, write_video: Write, scenes: Scene) -> None:
    black = np.zeros_like(scenes(1))
    path = write_video(tmp_path / "v.mp4", [black] * 25 + [scenes(1)] * 15)
    clip = shots(path)
    assert all(np.asarray(frame).mean() > 40 for frame in key_frames(path, clip.shots))


def test_a_clip_taken_upright_is_upright(tmp_path: Path, write_video: Write, scenes: Scene) -> None:
    content = bytearray(write_video(tmp_path / "v.mp4", [scenes(1)] * 5).read_bytes())
    # The matrix of the track header: a quarter turn clockwise instead of none.
    one, none = b"\x00\x01\x00\x00", bytes(4)
    straight = one + none * 3 + one + none * 3 + b"\x40\x00\x00\x00"
    place = content.index(straight, content.index(b"tkhd"))
    content[place : place + 36] = none + one + none + b"\xff\xff\x00\x00" + none * 4 + b"\x40\x00\x00\x00"
    (tmp_path / "turned.mp4").write_bytes(content)
    (frame,) = key_frames(tmp_path / "turned.mp4", shots(tmp_path / "turned.mp4").shots)
    turned = np.asarray(Image.fromarray(scenes(1)).transpose(Image.Transpose.ROTATE_270), float)
    assert frame.size == (96, 128)
    assert np.abs(np.asarray(frame, float) - turned).mean() < 8


def test_a_cut_off_clip_is_kept_as_far_as_it_goes(tmp_path: Path, scenes: Scene) -> None:
    grain = np.random.default_rng(0)
    with av.open(str(tmp_path / "v.mp4"), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("mpeg4", rate=10, bit_rate=2_000_000)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(60):
            picture = (scenes(number // 20) / 2 + grain.integers(0, 100, (96, 128, 3))).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    whole = (tmp_path / "v.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    clip = shots(tmp_path / "cut.mp4")
    assert 2 < clip.shots[-1].end < 4.5
    assert "of 6.0 seconds can be decoded: cut off or damaged" in clip.damage
    assert len(list(key_frames(tmp_path / "cut.mp4", clip.shots))) == len(clip.shots)


def test_sound_alone_is_no_video(tmp_path: Path, write_sound: Write) -> None:
    path = write_sound(tmp_path / "a.mp4", np.zeros(16_000), "aac")
    assert tracks(path) == Tracks(pictures=False, sound=True)
    with pytest.raises(InvalidInput, match=r"a\.mp4 holds no moving pictures"):
        shots(path)


def test_a_cover_is_no_video(tmp_path: Path, scenes: Scene) -> None:
    from io import BytesIO

    cover = BytesIO()
    Image.fromarray(scenes(1)).save(cover, "JPEG")
    with av.open(str(tmp_path / "a.mp3"), "w") as container:
        sound = container.add_stream("libmp3lame", rate=16_000, layout="mono")
        picture = container.add_stream("mjpeg", rate=1)
        picture.width, picture.height, picture.pix_fmt = 128, 96, "yuvj420p"
        picture.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16_000), np.int16), format="s16", layout="mono")
        frame.sample_rate = 16_000
        packet = av.Packet(cover.getvalue())
        packet.stream = picture
        packet.pts = packet.dts = 0
        container.mux(packet)
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    with av.open(str(tmp_path / "a.mp3")) as container:
        assert len(container.streams.video) == 1
    assert tracks(tmp_path / "a.mp3") == Tracks(pictures=False, sound=True)
    with pytest.raises(InvalidInput, match="no moving pictures"):
        shots(tmp_path / "a.mp3")


def test_limits(tmp_path: Path, write_video: Write, scenes: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "v.mp4", [scenes(1)] * 20)
    with pytest.raises(InvalidInput, match="longer than 1 seconds"):
        shots(path, limit_seconds=1)
    monkeypatch.setattr(video, "LIMIT_FRAMES", 10)
    with pytest.raises(InvalidInput, match="or 10 frames"):
        shots(path)
    monkeypatch.setattr(video, "MAX_PIXELS", 128 * 95)
    with pytest.raises(InvalidInput, match="frames of 128 x 96"):
        shots(path)


@pytest.mark.parametrize("content", [b"", b"not a video", bytes(5000), b"\x00\x00\x00\x18ftypmp42" + bytes(100)])
def test_no_video_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"x\.mp4 (cannot be read|holds no)"):
        shots(tmp_path / "x.mp4")


def test_an_unknown_codec(tmp_path: Path, write_video: Write, scenes: Scene) -> None:
    content = write_video(tmp_path / "v.mp4", [scenes(1)] * 5, sound=np.zeros(16_000)).read_bytes()
    # The names of the sample entries in the header.
    content = content.replace(b"mp4v", b"zzzz").replace(b"mp4a", b"yyyy").replace(b"esds", b"free")
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"x\.mp4 holds video in a codec that cannot be decoded"):
        shots(tmp_path / "x.mp4")
    with pytest.raises(InvalidInput, match=r"x\.mp4 holds audio in a codec that cannot be decoded"):
        decode(tmp_path / "x.mp4")


@pytest.mark.parametrize("seed", range(15))
def test_whatever_is_broken_nothing_else_is_raised(
    tmp_path: Path, write_video: Write, scenes: Scene, seed: int
) -> None:
    content = bytearray(write_video(tmp_path / "v.mp4", [scenes(1)] * 5, sound=np.zeros(4_000)).read_bytes())
    dice = np.random.default_rng(seed)
    for place in dice.integers(0, len(content), 3 * (seed + 1)):
        content[place] = dice.integers(256)
    path = tmp_path / "hurt.mp4"
    path.write_bytes(content[: dice.integers(len(content) // 2, len(content))] if seed % 3 == 0 else content)
    for read in (decode, tracks, lambda path: list(key_frames(path, shots(path).shots))):
        with suppress(InvalidInput):
            read(path)


def test_a_file_that_changed_meanwhile(tmp_path: Path, write_video: Write, scenes: Scene) -> None:
    path = write_video(tmp_path / "v.mp4", [scenes(1)] * 5)
    with pytest.raises(InvalidInput, match=r"no frame at 9\.00 seconds any more"):
        list(key_frames(path, [Shot(8, 10, 9.0)]))


@pytest.mark.data
def test_real_clips_of_one_scene(data_dir: Path) -> None:
    folder = data_dir / "threatexchange-neardup" / "tmk" / "sample-videos"
    (shot,) = shots(folder / "doorknob-hd-no-bar.mp4").shots
    assert (shot.start, shot.end) == (0, 4)
