import numpy as np
import pytest
from PIL import Image

from correlate.features.film import Film, flow, motion, movement, shot_lengths
from correlate.features.video import Clip, Shot


@pytest.fixture(scope="module")
def wide():
    """A picture wider than a frame, to pan over, with something to see everywhere."""
    coarse = np.random.default_rng(1).integers(20, 250, (16, 64, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((384, 96), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def clips(tmp_path_factory, write_video, wide, scenes):
    """Two seconds that pan to the right, that stand still, that zoom in, and that cut every half second."""
    folder = tmp_path_factory.mktemp("clips")
    pan = [wide[:, 2 * at : 2 * at + 128] for at in range(20)]
    back = pan[::-1]
    still = [wide[:, :128]] * 20
    cut = [scenes(at // 6) for at in range(20)]
    pictures = {"pan": pan, "back": back, "still": still, "cut": cut, "one": still[:1]}
    return {name: Film(write_video(folder / f"{name}.mp4", frames)) for name, frames in pictures.items()}


def test_movement_of_made_flows():
    right = np.zeros((8, 8, 2), np.float32)
    right[..., 0] = 0.5
    found = movement(right)
    assert found[:4] == pytest.approx([0.5, 0, 0.5, 0], abs=1e-6)
    assert found[4:12] == pytest.approx([0.5, 0, 0, 0, 0, 0, 0, 0])
    assert found[12:] == pytest.approx(np.full(16, 0.5 / 16))
    y, x = np.indices((8, 8)) - 3.5
    nearing = np.stack([x, y], axis=-1).astype(np.float32)
    assert movement(nearing)[2] == pytest.approx(0, abs=1e-6)
    assert movement(nearing)[3] == pytest.approx(movement(nearing)[0])
    down = np.zeros((8, 8, 2), np.float32)
    down[:2, :2, 1] = 1
    assert movement(down)[1] == pytest.approx(60 / 64)
    assert movement(down)[4:12].argmax() == 2
    assert movement(down)[12:].argmax() == 0


def test_flow_measures_a_shift(wide):
    grey = wide.mean(axis=2).astype(np.uint8)
    moved = flow(grey[:72, 4:132], grey[:72, :128], 0.5)
    assert np.median(moved[..., 0]) == pytest.approx(4 / 128 / 0.5, rel=0.1)
    assert np.abs(np.median(moved[..., 1])) < 0.005


def test_a_pan_goes_one_way_and_a_still_clip_none(clips):
    pan, back, still = (clips[name].movements.mean(axis=0) for name in ("pan", "back", "still"))
    # The camera moves right, so the pictures move left: 20 of 128 columns a second.
    assert pan[0] == pytest.approx(20 / 128, rel=0.25)
    assert pan[4:12].argmax() == 4
    assert back[4:12].argmax() == 0
    assert pan[2] > 0.9 * pan[0]
    assert still[1] > 0.95
    views = {name: motion(clips[name]) for name in ("pan", "back", "still")}
    assert views["pan"] @ views["still"] < 0.3
    assert views["pan"] @ views["back"] < 0.9


def test_movement_across_a_cut_does_not_count(clips):
    film = clips["cut"]
    assert len(film.clip.shots) == 4
    assert film.movements[:, 0].max() < 0.2
    assert len(film.movements) < 10


def test_a_single_picture_does_not_move(clips):
    assert not motion(clips["one"]).any()
    assert np.isfinite(shot_lengths(clips["one"])).all()


def test_cuts_show_in_the_lengths_of_shots(tmp_path):
    fast = Film(tmp_path, Clip(tuple(Shot(at / 2, at / 2 + 0.5, at / 2) for at in range(20))))
    slow = Film(tmp_path, Clip(tuple(Shot(at * 20.0, at * 20.0 + 20, at * 20.0) for at in range(4))))
    again = Film(tmp_path, Clip(tuple(Shot(at * 21.0, at * 21.0 + 21, at * 21.0) for at in range(5))))
    assert shot_lengths(slow) @ shot_lengths(again) > 0.99
    assert shot_lengths(slow) @ shot_lengths(fast) < 0.5
    assert shot_lengths(fast)[4] > shot_lengths(slow)[4]


@pytest.mark.data
def test_versions_of_one_clip_move_alike(data_dir):
    folder = data_dir / "threatexchange-neardup" / "tmk" / "sample-videos"
    names = ("pattern-sd-with-small-logo-bar", "pattern-sd-grey-bar", "doorknob-hd-no-bar")
    first, grey, other = (motion(Film(folder / f"{name}.mp4")) for name in names)
    assert first @ grey > 0.6
    assert first @ grey > first @ other
