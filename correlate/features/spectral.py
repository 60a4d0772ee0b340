"""How a recording sounds, as one short vector: recordings of one sort (speech, an instrument, rain) lie close.

The description is Tzanetakis and Cook's (Musical genre classification of audio signals, IEEE Transactions on Speech and
Audio Processing 10(5), 2002, section III.A: timbral texture) with mel-frequency cepstral coefficients after Davis and
Mermelstein (IEEE Transactions on Acoustics, Speech and Signal Processing 28(4), 1980). Loudness is left out and the
noise floor is cut, so that a quieter or recompressed copy keeps its place.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import fft

from correlate.features.audio import RATE, Sound

WIDTH: Final = 64
METHOD: Final = "spectral-1"

_WINDOW: Final = 1024
_HOP: Final = 512
_BLOCK: Final = 4096  # frames at a time: about 2 minutes, 25 MB
_BANDS: Final = 40
_ORDERS: Final = np.arange(1, 20)  # order 0 is loudness
_FLOOR: Final = 1e-5  # of the loudest band: 50 dB down, where codecs differ

# Where the numbers of a recording usually lie and how far they spread: smooth fits to 41 recordings of speech, music,
# animals, noise and a tone. Without them all vectors would point the same way and a cosine would say little.
_MEAN_CENTRE: Final = np.where(_ORDERS == 1, 27.0, 0.0)
_MEAN_SPREAD: Final = 18 * _ORDERS**-0.75
_DEVIATION_CENTRE: Final = 18.5 * _ORDERS**-0.6
_DEVIATION_SPREAD: Final = 8 * _ORDERS**-0.5
_CHANGE_CENTRE: Final = 10.5 * _ORDERS**-0.48
_CHANGE_SPREAD: Final = 6 * _ORDERS**-0.72
_TEXTURE_CENTRE: Final = np.array([-1.5, 1.0, -1.2, -2.8, 0.11, 7.0, 1.4])
_TEXTURE_SPREAD: Final = np.array([1.5, 0.5, 1.5, 0.9, 0.1, 3.0, 0.7])


def spectral(sound: Sound) -> np.ndarray:
    """Describe a recording: (64,) float32 of length 1, or zeros for digital silence. Compare by cosine.

    19 means and 19 standard deviations of the cepstral coefficients 1-19 over the frames, 19 standard deviations of
    their change from frame to frame, and 7 of texture: centroid (mean, deviation) and 85 % roll-off in octaves above
    1 kHz, log10 flatness, zero-crossing rate, deviation of loudness in dB, mean rise of the bands in dB (onsets). Each
    is centred and scaled by a fixed typical value and cut at 3; the four groups count alike. Quiet frames (40 dB below
    the loudest) are left out of means and deviations.
    """
    bands, shape = _analyse(sound.samples)
    if not bands.any():
        return np.zeros(WIDTH, np.float32)
    levels = 10 * np.log10(np.maximum(bands, bands.max() * _FLOOR))
    loudness = 10 * np.log10(np.maximum(bands.sum(1), bands.max() * _FLOOR))
    heard = loudness > loudness.max() - 40
    cepstrum = fft.dct(levels, norm="ortho", axis=1)[:, _ORDERS]
    change = np.diff(cepstrum, axis=0, prepend=cepstrum[:1])
    rise = np.maximum(np.diff(levels, axis=0, prepend=levels[:1]), 0).mean()
    centroid, roll_off, flatness, crossings = shape[heard].mean(0)
    texture = [centroid, shape[heard, 0].std(), roll_off, flatness, crossings, loudness[heard].std(), rise]
    groups = (
        (cepstrum[heard].mean(0) - _MEAN_CENTRE) / _MEAN_SPREAD,
        (cepstrum[heard].std(0) - _DEVIATION_CENTRE) / _DEVIATION_SPREAD,
        (change.std(0) - _CHANGE_CENTRE) / _CHANGE_SPREAD,
        (np.array(texture) - _TEXTURE_CENTRE) / _TEXTURE_SPREAD,
    )
    vector = np.concatenate([group.clip(-3, 3) / np.sqrt(len(group)) for group in groups])
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _analyse(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per frame the power in 40 mel bands (n x 40), and centroid, roll-off, flatness and zero crossings (n x 4)."""
    padded = np.pad(samples, (0, max(0, _WINDOW - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    window, mel = np.hanning(_WINDOW).astype(np.float32), _mel_bank()
    bands, shapes = [], []
    for start in range(0, len(frames), _BLOCK):
        block = frames[start : start + _BLOCK] * window
        power = np.abs(fft.rfft(block, axis=1)) ** 2
        bands.append(power @ mel.T)
        shapes.append(_shape(block, power))
    return np.concatenate(bands), np.concatenate(shapes)


def _shape(block: np.ndarray, power: np.ndarray) -> np.ndarray:
    """Centroid and roll-off in octaves above 1 kHz, log10 flatness, share of zero crossings: (n x 4)."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE).astype(np.float32)
    total = power.sum(1) + 1e-20
    centroid = np.log2((power @ hertz / total + 1) / 1000)
    roll_off = np.log2((hertz[np.argmax(power.cumsum(1) >= 0.85 * total[:, None], axis=1)] + 1) / 1000)
    lifted = np.maximum(power, power.max(1, keepdims=True) * 1e-9) + 1e-20
    flatness = (np.log(lifted).mean(1) - np.log(lifted.mean(1))) / np.log(10)
    crossings = np.diff(np.signbit(block), axis=1).mean(1)
    return np.stack([centroid, roll_off, flatness, crossings], axis=1)


def _mel_bank() -> np.ndarray:
    """Triangular filters, evenly spaced in mel from 60 to 7,600 Hz: (40 x bins)."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    low, high = 2595 * np.log10(1 + np.array([60, 7600]) / 700)
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (hertz - left) / (middle - left), (right - hertz) / (right - middle)
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
