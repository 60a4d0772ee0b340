import numpy as np
import pytest

from correlate.features.text import WIDTH, TextEncoder


def test_paraphrases_are_nearer_than_strangers(encoders):
    fire, blaze, stocks = encoders.text.encode(
        ["A man died in a house fire.", "One person was killed when a home burned.", "The bank raised interest rates."]
    )
    assert fire @ blaze > 0.5
    assert abs(fire @ stocks) < 0.15


def test_rows_are_of_unit_length_and_texts_without_words_are_zero(encoders):
    rows = encoders.text.encode(["a fire", "", " \n", "\x00", "\ud800 fire"])
    assert rows.dtype == np.float32
    assert rows.shape == (5, WIDTH)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0, 0, 1], abs=1e-5)
    assert encoders.text.encode([]).shape == (0, WIDTH)


def test_a_row_does_not_depend_on_the_other_texts_or_on_threads(encoders):
    texts = [f"{word} " * (1 + number % 40) for number, word in enumerate(["fire", "ship", "mayor", "rain"] * 12)]
    together = encoders.text.encode(texts)
    assert np.array_equal(together[::-1], encoders.text.encode(texts[::-1]))
    assert np.array_equal(together[5], encoders.text.encode([texts[5]])[0])
    assert np.array_equal(together, TextEncoder(threads=2).encode(texts))


def test_only_the_first_tokens_are_read(encoders):
    opening = "The ship burned. " * 40
    assert np.array_equal(*encoders.text.encode([opening + "Then it sank.", opening + "Nobody was hurt."]))
    short = TextEncoder(max_tokens=8)
    assert np.array_equal(*short.encode(["a b c d e f g h", "a b c d e f i j"]))
    assert short.version != encoders.text.version
    assert "minilm-8199be6f699a" in short.version
