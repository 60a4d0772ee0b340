"""How a recording sounds, view by view: its spectrum's envelope and how that changes, its pitches, its shape."""

from __future__ import annotations

from typing import Final

import numpy as np

from correlate.features.hearing import ORDERS, Hearing, changes
from correlate.features.scaling import Floats, standard, unit
from correlate.features.spectral import DEVIATION_CENTRE, DEVIATION_SPREAD, MEAN_CENTRE, MEAN_SPREAD

# Where the numbers usually lie and how far they spread: smooth fits to 38 recordings of speech, music, animals, clips.
_CHANGES: Final = np.stack([6.6 * ORDERS**-0.62, 2.9 * ORDERS**-0.62])
_CHANGES_SPREAD: Final = np.stack([4.2 * ORDERS**-0.75, 1.8 * ORDERS**-0.75])
_CENTRES: Final = np.vstack([MEAN_CENTRE, DEVIATION_CENTRE, _CHANGES])
_SPREADS: Final = np.vstack([MEAN_SPREAD, DEVIATION_SPREAD, _CHANGES_SPREAD])
_SHAPE_CENTRE: Final = np.array([-1.42, -1.01, -2.86, 0.11, 1.3, 0.99, 1.21, 0.68, 0.08, 0.59, 7.7, 1.4, 2.1, 0.73])
_SHAPE_SPREAD: Final = np.array([1.4, 1.3, 0.66, 0.1, 0.55, 0.34, 0.46, 0.22, 0.05, 0.35, 2.6, 0.67, 0.95, 0.13])


def mfcc(hearing: Hearing) -> Floats:
    """Means and deviations of cepstral coefficients 1 to 19, deviations of their first and second changes: (76,),
    standard; zeros for silence.

    Loudness and quiet frames are left out. Source: S. Davis and P. Mermelstein, IEEE ASSP 28(4), 1980, with the deltas
    of S. Furui, IEEE ASSP 34(1), 1986.
    """
    if hearing.silent:
        return np.zeros(4 * len(ORDERS), np.float32)
    heard, cepstrum = hearing.heard, hearing.cepstrum
    first = changes(cepstrum)
    second = changes(first)
    found = [cepstrum[heard].mean(axis=0), *(series[heard].std(axis=0) for series in (cepstrum, first, second))]
    return standard(np.concatenate(found), _CENTRES.ravel(), _SPREADS.ravel())


def chroma(hearing: Hearing) -> Floats:
    """The mean share of each pitch class from C to B, whatever the octave, and its deviation: (24,), of length 1.

    Zeros where nothing is between 110 and 5,000 Hz. Source: M. Bartsch and G. Wakefield, WASPAA 2001.
    """
    pitches = hearing.pitches
    if not len(pitches):
        return np.zeros(24, np.float32)
    return unit(np.concatenate([np.sqrt(pitches.mean(axis=0)), pitches.std(axis=0)]))


def spectral_shape(hearing: Hearing) -> Floats:
    """Means and deviations of centroid, roll-off, flatness, zero crossings and spread, deviation of loudness, mean and
    deviation of onsets, share of frames of less than the mean loudness: (14,), standard; zeros for silence.

    Source: G. Tzanetakis and P. Cook, "Musical genre classification of audio signals", IEEE TSAP 10(5), 2002.
    """
    if hearing.silent:
        return np.zeros(14, np.float32)
    shape, loudness, rise = hearing.shape[hearing.heard], hearing.loudness, hearing.rise
    power = 10 ** (loudness / 10)
    rest = [loudness[hearing.heard].std(), rise.mean(), rise.std(), (power < power.mean()).mean()]
    return standard([*shape.mean(axis=0), *shape.std(axis=0), *rest], _SHAPE_CENTRE, _SHAPE_SPREAD)


def sounds(hearing: Hearing) -> Floats:
    """What each frame that is heard sounds like: cepstral coefficients 1 to 19 and their change, (n, 38).

    Source of words of sound: S. Pancoast and M. Akbacak, "Bag-of-audio-words approach for multimedia event
    classification", Interspeech 2012.
    """
    if hearing.silent:
        return np.zeros((0, 2 * len(ORDERS)), np.float32)
    return np.hstack([hearing.cepstrum, changes(hearing.cepstrum)])[hearing.heard]
