"""Collections on disk, made for one test."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kg.readers import Item
from ontology.model import MediaObject, Source

LayOut = Callable[[Mapping[str, Any]], Path]


@pytest.fixture
def lay_out(tmp_path: Path) -> LayOut:
    """Write files into a folder `river` and give it: text, bytes, or anything else as JSON."""

    def write(files: Mapping[str, Any]) -> Path:
        root = tmp_path / "river"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not isinstance(content, str | bytes):
                content = json.dumps(content)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Encode a small picture; other `shade`s are other content."""

    def encode(shade: int = 0, kind: str = "JPEG", exif: Image.Exif | None = None) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (16, 16), (shade, 100, 50)).save(file, kind, exif=exif or Image.Exif())
        return file.getvalue()

    return encode


@pytest.fixture
def objects() -> Callable[[Item], list[MediaObject]]:
    return lambda item: [record for record in item.records if isinstance(record, MediaObject)]


@pytest.fixture
def sources() -> Callable[[Item], list[Source]]:
    return lambda item: [record for record in item.records if isinstance(record, Source)]
