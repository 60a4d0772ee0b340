"""Sentences as vectors: all-MiniLM-L6-v2, mean of the token vectors, unit length.

Source: Reimers and Gurevych, Sentence-BERT, EMNLP 2019; Wang et al., MiniLM, NeurIPS 2020.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from correlate.features.weights import WEIGHTS, locate

if TYPE_CHECKING:
    from tokenizers import Encoding

WIDTH: Final = 384
METHOD: Final = f"{WEIGHTS['minilm'].fingerprint}+{WEIGHTS['minilm-tokenizer'].fingerprint}"

_CHARS_A_TOKEN: Final = 16
"""Characters kept for each token wanted: English has 4 to 5, so the cut spares work and loses nothing."""

_TOKENS_A_BATCH: Final = 256
"""More in one call is slower: the intermediate results leave the processor's cache."""


class TextEncoder:
    """Encode texts by their first `max_tokens` word pieces (at most 512, the two marks at the ends included).

    A text's vector does not depend on the texts that it is encoded with: texts share a call only with others of the
    same number of tokens, so nothing is padded.
    """

    def __init__(self, threads: int = 1, max_tokens: int = 128) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(locate("minilm"), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(locate("minilm-tokenizer")))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self.max_tokens = max_tokens

    @property
    def version(self) -> str:
        """Names the weights, their checksums and the number of tokens read."""
        return f"{METHOD}+{self.max_tokens}"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give n x 384 float32: rows of unit length, in the order of `texts`; zeros for a text without a word."""
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        limit = self.max_tokens * _CHARS_A_TOKEN
        # A lone surrogate is no character that the tokenizer can take.
        clean = [text.strip()[:limit].encode("utf-8", "replace").decode() for text in texts]
        encodings = self._tokenizer.encode_batch(clean)
        for rows in _batches([len(encoding) for encoding in encodings]):
            vectors[rows] = self._encode([encodings[row] for row in rows])
        return vectors

    def _encode(self, encodings: Sequence[Encoding]) -> np.ndarray:
        """Mean token vector of encodings of one length, as unit rows."""
        ids = np.array([encoding.ids for encoding in encodings], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        means = self._session.run(None, feed)[0].mean(axis=1)
        unit: np.ndarray = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit


def _batches(lengths: Sequence[int]) -> Iterator[np.ndarray]:
    """Rows of equal length, few enough for one call; rows that hold nothing but the two marks are left out."""
    array = np.asarray(lengths, np.intp)
    for length in np.unique(array[array > 2]):
        rows = np.flatnonzero(array == length)
        size = max(1, _TOKENS_A_BATCH // int(length))
        yield from (rows[start : start + size] for start in range(0, len(rows), size))
