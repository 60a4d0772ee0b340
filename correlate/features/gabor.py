"""What frequencies a picture has in what directions, in all of it and in its parts."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from scipy import fft

from correlate.features.look import Bytes, Look
from correlate.features.scaling import Floats, Matrix, standard, unit

_SIDE: Final = 128
_MARGIN: Final = 16
_CELLS: Final = 4
_HIGHEST, _LOWEST = 0.4, 0.05  # cycles a pixel

# Usual logarithms and their spreads over 300 photos, for means and deviations by frequency.
_GABOR_CENTRE: Final = np.repeat([0.82, 1.05, 1.24, 1.4, 0.89, 1.11, 1.21, 1.22], 6)
_GABOR_SPREAD: Final = np.repeat([0.26, 0.26, 0.29, 0.31, 0.22, 0.23, 0.24, 0.27], 6)


def gabor(look: Look) -> Floats:
    """Mean and deviation of the response to 4 frequencies in 6 directions: (48,), standard.

    Source: B. Manjunath and W. Ma, "Texture features for browsing and retrieval of image data", IEEE PAMI 18(8), 1996.
    """
    found = responses(square(look.grey) * 255, 4, 6)
    means, deviations = found.mean(axis=(1, 2)), found.std(axis=(1, 2))
    return standard(np.log1p(np.concatenate([means, deviations])), _GABOR_CENTRE, _GABOR_SPREAD)


def gist(look: Look) -> Floats:
    """Mean response to 4 frequencies in 8 directions in each cell of a 4 x 4 grid: (512,), of length 1.

    The outline of a scene; zeros for one grey. Source: A. Oliva and A. Torralba, "Modeling the shape of the scene",
    IJCV 42(3), 2001.
    """
    found = responses(_even(square(look.grey)), 4, 8)
    side = _SIDE // _CELLS
    cells = found.reshape(len(found), _CELLS, side, _CELLS, side).mean(axis=(2, 4))
    # What a picture of one grey answers is rounding.
    return unit(cells.ravel() if cells.max() > 1e-9 else np.zeros(cells.size))


def square(grey: Bytes) -> Matrix:
    """A grey picture squeezed into 128 x 128, from 0 to 1."""
    import cv2

    return np.asarray(cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.float64) / 255


def responses(picture: Matrix, scales: int, directions: int) -> Matrix:
    """Magnitude of the answer of each Gabor filter at each pixel: (scales x directions, h, w)."""
    padded = np.pad(picture, _MARGIN, mode="symmetric")
    spectrum = fft.fft2(padded - padded.mean())
    answers = np.abs(fft.ifft2(spectrum * _bank(len(padded), scales, directions)))
    inner = slice(_MARGIN, _MARGIN + len(picture))
    return np.asarray(answers[:, inner, inner])


@cache
def _bank(side: int, scales: int, directions: int) -> Matrix:
    """Filters in the domain of frequencies, Gaussians that touch where they are at half height."""
    frequency = fft.fftfreq(side)
    across, down = np.meshgrid(frequency, frequency)
    ratio = (_HIGHEST / _LOWEST) ** (1 / (scales - 1))
    filters = []
    for scale in range(scales):
        centre = _HIGHEST / ratio**scale
        along = (ratio - 1) * centre / ((ratio + 1) * np.sqrt(2 * np.log(2)))
        beside = np.tan(np.pi / (2 * directions)) * centre / np.sqrt(2 * np.log(2))
        for direction in range(directions):
            angle = np.pi * direction / directions
            turned = across * np.cos(angle) + down * np.sin(angle) - centre
            other = down * np.cos(angle) - across * np.sin(angle)
            filters.append(np.exp(-((turned / along) ** 2 + (other / beside) ** 2) / 2))
    return np.stack(filters)


def _even(picture: Matrix) -> Matrix:
    """The picture with its local contrast made even, so that light counts less than structure."""
    from scipy.ndimage import gaussian_filter

    away = picture - gaussian_filter(picture, 8, mode="reflect")
    return np.asarray(away / (0.2 + np.sqrt(gaussian_filter(away**2, 8, mode="reflect"))))
