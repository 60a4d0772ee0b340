"""What is kept of topics that were learned, so that later documents get their shares without learning again."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ontology.errors import InvalidInput
from topics.expected import fold_in
from topics.identity import Spoken
from topics.lexicon import Lexicon
from topics.stacking import Counts, Key, Layout, Matrix

VERSION: Final = 1
EFFORT: Final = 6


@dataclass(frozen=True, slots=True)
class Learned:
    """K topics of a run as a model left them.

    Parameters
    ----------
    run, fit : str, int
        Which run, and how often it has been learned.
    method : str
        The model.
    ids : tuple of str
        The id of each topic.
    lexicon : Lexicon
        What the columns of all fields mean, also of those that were not learned from.
    words : dict
        `words[field]` is p(term given topic), (K, vocabulary), of the fields learned from.
    weights : dict
        What a token of a field counts.
    alpha, shares : ndarray (K,)
        The prior of a document's shares; the share of each topic in all that was learned from.
    documents : int
        How many documents were learned from.
    """

    run: str
    fit: int
    method: str
    ids: tuple[str, ...]
    lexicon: Lexicon
    words: dict[str, Matrix]
    weights: dict[str, float]
    alpha: Matrix
    shares: Matrix
    documents: int

    def tell(self, counts: Counts) -> Matrix:
        """The share of each topic in n documents or objects, by any of the fields: (n, K), rows sum to 1.

        One that holds nothing has the mean of the prior.
        """
        blocks: dict[Key, Matrix] = dict(self.words.items())
        layout = Layout.of({name: matrix.shape[1] for name, matrix in blocks.items()})
        known = {name: counts[name] * self.weights.get(name, 1.0) for name in self.words if name in counts}
        if not known:
            raise InvalidInput(f"none of the fields {', '.join(self.words)} is there to tell topics by")
        return fold_in(layout.documents(known, None), layout.table(blocks), self.alpha)

    @property
    def spoken(self) -> Spoken:
        """The topics as distributions that can be compared with those of another fit."""
        return Spoken.of(self.words, self.lexicon.vocabularies, self.shares)

    def dumps(self) -> str:
        """The whole as text."""
        arrays: dict[str, NDArray[Any]] = {f"words {name}": matrix for name, matrix in self.words.items()}
        arrays |= {f"codebook {name}": matrix for name, matrix in self.lexicon.codebooks.items()}
        arrays |= {"alpha": self.alpha, "shares": self.shares}
        return json.dumps(
            {
                "version": VERSION, "run": self.run, "fit": self.fit, "method": self.method, "ids": self.ids,
                "vocabularies": self.lexicon.vocabularies, "weights": self.weights, "documents": self.documents,
                "arrays": {name: _packed(array) for name, array in arrays.items()},
            },
            ensure_ascii=False,
        )  # fmt: skip

    @classmethod
    def loads(cls, text: str) -> Learned:
        """Read what `dumps` wrote. Raises `InvalidInput` for anything else."""
        try:
            kept = json.loads(text)
            if kept["version"] != VERSION:
                raise InvalidInput(f"topics were kept in version {kept['version']!r}, known is {VERSION}")
            arrays = {name: _unpacked(packed) for name, packed in kept["arrays"].items()}
            lexicon = Lexicon(
                {name: tuple(words) for name, words in kept["vocabularies"].items()}, _named(arrays, "codebook ")
            )
            learned = cls(
                kept["run"], kept["fit"], kept["method"], tuple(kept["ids"]), lexicon,
                _named(arrays, "words "),
                kept["weights"], arrays["alpha"], arrays["shares"],
                kept["documents"],
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError, zlib.error) as error:
            raise InvalidInput("what is kept of the topics cannot be read; learn them anew") from error
        learned._check()
        return learned

    def _check(self) -> None:
        count = len(self.ids)
        shapes = {name: (count, len(self.lexicon.vocabularies.get(name, ()))) for name in self.words}
        sound = all(matrix.shape == shapes[name] for name, matrix in self.words.items())
        if not (count and sound and self.alpha.shape == self.shares.shape == (count,)):
            raise InvalidInput("what is kept of the topics does not fit together; learn them anew")


def _packed(array: NDArray[Any]) -> list[Any]:
    content = np.ascontiguousarray(array, dtype="<f4")
    return [list(content.shape), base64.b64encode(zlib.compress(content.tobytes(), EFFORT)).decode()]


def _unpacked(packed: list[Any]) -> NDArray[Any]:
    shape, content = packed
    numbers = np.frombuffer(zlib.decompress(base64.b64decode(content)), dtype="<f4")
    return numbers.reshape(shape).astype(np.float64)


def _named(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
