"""Objects made from known topics: what each holds in every field, without a store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from correlate.corpus import document_numbers
from ontology.model import MediaObject, Source
from topics.terms import Held

SOURCES = {name: Source(name, name.upper(), "paper") for name in ("north", "south", "west")}
THEMES: dict[str, dict[str, tuple[str, ...]]] = {
    "flood": {"words": ("river", "dam", "water", "rain", "bank"), "where": ("Sendai", "Miyagi"), "labels": ("dam",)},
    "vote": {"words": ("ballot", "party", "seat", "poll", "leader"), "where": ("Paris", "Lyon"), "labels": ("suit",)},
    "fire": {"words": ("flame", "smoke", "roof", "hose", "ladder"), "where": ("Lima", "Cusco"), "labels": ("torch",)},
}
OWN = {"north": "rescuers", "south": "insurers", "west": "engineers"}
"""What each source says of floods and the others do not."""
FIELDS = ("words", "written", "spoken", "who", "where", "named", "labels", "why", "how", "when")
START = datetime(2011, 3, 1, tzinfo=UTC)


def made(themes: Sequence[str], documents: int = 36, seed: int = 0, prefix: str = "d", length: int = 20) -> Held:
    """Documents of a text and a photo each, whose theme and source go in turn; the first third of a text is noise."""
    rng = np.random.default_rng(seed)
    items: list[MediaObject] = []
    terms: dict[str, list[list[str]]] = {field: [] for field in FIELDS}
    for number in range(documents):
        theme, source = themes[number % len(themes)], list(SOURCES)[number // len(themes) % len(SOURCES)]
        name, day = f"{prefix}{number:03}", START + timedelta(days=number)
        words = [f"noise{rng.integers(40)}" for _ in range(length // 3)]
        words += list(rng.choice(THEMES[theme]["words"], length))
        words += [OWN[source]] * 4 if theme == "flood" else []
        items.append(MediaObject(f"{name}-a", "text", source, document=name, published=day))
        items.append(MediaObject(f"{name}-b", "image", source, document=name, published=day))
        for field in FIELDS:
            terms[field] += [[], []]
        terms["words"][-2] = terms["written"][-2] = words
        terms["where"][-2] = list(rng.choice(THEMES[theme]["where"], 3))
        terms["labels"][-1] = list(THEMES[theme]["labels"])
        terms["when"][-2] = [day.strftime("%Y-%m-%d")]
    return Held(tuple(items), document_numbers(items), terms)


def joined(one: Held, other: Held) -> Held:
    """The objects of both; ids have to be in order."""
    items = (*one.items, *other.items)
    return Held(items, document_numbers(items), {field: one.terms[field] + other.terms[field] for field in FIELDS})
