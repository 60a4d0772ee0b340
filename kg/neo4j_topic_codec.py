"""How topics, their shares and changes become properties of nodes and relationships, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from ontology.model import Member, stable_id
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord

Properties = dict[str, Any]
TOP: Final = 8
"""Words that a topic shows in a picture of the graph."""


def topic_properties(topic: Topic) -> Properties:
    """All that a topic says, with what to call it."""
    return {
        "id": topic.id, "run": topic.run, "label": topic.label, "share": float(topic.share), "parent": topic.parent,
        "stability": None if topic.stability is None else float(topic.stability), "concepts": list(topic.concepts),
        "words": [
            [word.field, word.value, float(word.weight), word.collection, float(word.apart)] for word in topic.words
        ],
        "examples": [[member.object, float(member.weight), member.reason] for member in topic.examples],
        "key": stable_id("topic", topic.id), "name": topic.label or topic.id,
        "top": list(dict.fromkeys(word.value for word in topic.words if not word.collection))[:TOP],
    }  # fmt: skip


def share_properties(share: TopicShare) -> Properties:
    """All that a share says."""
    return {
        "id": share.id, "topic": share.topic, "about": share.about, "subject": share.subject,
        "weight": float(share.weight), "method": share.method, "run": share.run,
    }  # fmt: skip


def change_properties(change: TopicChange) -> Properties:
    """All that a change says."""
    return {
        "id": change.id, "run": change.run, "fit": change.fit, "change": change.change, "before": list(change.before),
        "after": list(change.after),
    }  # fmt: skip


def topic_of(kept: Properties, parent: str | None, examples: Iterable[Member]) -> Topic:
    """The topic that a node was made from."""
    return Topic(
        kept["id"], kept["run"], kept["label"], tuple(TopicWord(*word) for word in json.loads(kept["words"])),
        tuple(examples), kept["share"], parent, kept.get("stability"), tuple(kept["concepts"]),
    )  # fmt: skip


def share_of(kept: Properties) -> TopicShare:
    """The share that a relationship was made from; both ends beside the properties."""
    return TopicShare(kept["topic"], kept["about"], kept["subject"], kept["weight"], kept["method"], kept["run"])


def change_of(kept: Properties) -> TopicChange:
    """The change that a node was made from."""
    return TopicChange(kept["run"], kept["fit"], kept["change"], tuple(kept["before"]), tuple(kept["after"]))
