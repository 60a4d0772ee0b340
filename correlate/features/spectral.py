"""How a recording sounds, as one short vector: recordings of one sort (speech, an instrument, rain) lie close.

The description is Tzanetakis and Cook's (Musical genre classification of audio signals, IEEE Transactions on Speech and
Audio Processing 10(5), 2002, section III.A: timbral texture) with mel-frequency cepstral coefficients after Davis and
Mermelstein (IEEE Transactions on Acoustics, Speech and Signal Processing 28(4), 1980). Loudness is left out and the
noise floor is cut, so that a quieter or recompressed copy keeps its place.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from correlate.features.audio import Sound
from correlate.features.hearing import ORDERS, Hearing

WIDTH: Final = 64
METHOD: Final = "spectral-1"

# Where the numbers of a recording usually lie and how far they spread: smooth fits to 41 recordings of speech, music,
# animals, noise and a tone. Without them all vectors would point the same way and a cosine would say little.
MEAN_CENTRE: Final = np.where(ORDERS == 1, 27.0, 0.0)
MEAN_SPREAD: Final = 18 * ORDERS**-0.75
DEVIATION_CENTRE: Final = 18.5 * ORDERS**-0.6
DEVIATION_SPREAD: Final = 8 * ORDERS**-0.5
_CHANGE_CENTRE: Final = 10.5 * ORDERS**-0.48
_CHANGE_SPREAD: Final = 6 * ORDERS**-0.72
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
    return described(Hearing(sound))


def described(hearing: Hearing) -> np.ndarray:
    """The same of a recording that other views are made of, too."""
    if hearing.silent:
        return np.zeros(WIDTH, np.float32)
    heard, cepstrum, shape, loudness = hearing.heard, hearing.cepstrum, hearing.shape, hearing.loudness
    change = np.diff(cepstrum, axis=0, prepend=cepstrum[:1])
    centroid, roll_off, flatness, crossings = shape[heard, :4].mean(0)
    texture = [
        centroid,
        shape[heard, 0].std(),
        roll_off,
        flatness,
        crossings,
        loudness[heard].std(),
        hearing.rise.mean(),
    ]
    groups = (
        (cepstrum[heard].mean(0) - MEAN_CENTRE) / MEAN_SPREAD,
        (cepstrum[heard].std(0) - DEVIATION_CENTRE) / DEVIATION_SPREAD,
        (change.std(0) - _CHANGE_CENTRE) / _CHANGE_SPREAD,
        (np.array(texture) - _TEXTURE_CENTRE) / _TEXTURE_SPREAD,
    )
    vector = np.concatenate([group.clip(-3, 3) / np.sqrt(len(group)) for group in groups])
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
