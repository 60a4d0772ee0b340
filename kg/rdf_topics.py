"""Topics, their shares in objects and events, and their changes as lines of N-Triples or N-Quads: concepts of SKOS, in
one scheme for each run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.rdf_literals import double, integer, literal, place
from kg.rdf_parts import POSITION, Parts, of_class
from ontology import terms
from ontology.model import Member
from ontology.terms import DCTERMS, PROV, SCHEMA, SIM, SKOS
from ontology.topic import Topic, TopicChange, TopicShare, TopicWord

_KINDS: Final = (Topic, TopicWord, TopicShare, TopicChange, Member)
_TYPES: Final = {kind: of_class(*terms.CLASSES[kind]) for kind in _KINDS}
_BY: Final = {kind: {field: f"<{iri}>" for field, iri in terms.FIELDS[kind].items()} for kind in _KINDS}
_TOPIC, _WORD, _SHARE, _CHANGE, _MEMBER = (_BY[kind] for kind in _KINDS)
_SHOWS: Final = f"<{SIM.object}>"
_ABOUT: Final = f"<{SCHEMA.about}>"


class TopicLines(Parts):
    """Writes topics and what belongs to them."""

    def topic(self, topic: Topic) -> Iterator[str]:
        """A topic with its words and examples."""
        iri = self.base.topic(topic.id)
        told = [
            *_TYPES[Topic],
            f"{_TOPIC['id']} {literal(topic.id)}",
            f"{_TOPIC['run']} <{self.base.scheme(topic.run)}>",
            f"{_TOPIC['label']} {literal(topic.label)}",
            f"{_TOPIC['share']} {double(topic.share)}",
        ]
        if topic.parent is not None:
            told.append(f"{_TOPIC['parent']} <{self.base.topic(topic.parent)}>")
        if topic.stability is not None:
            told.append(f"{_TOPIC['stability']} {double(topic.stability)}")
        told += (f"{_TOPIC['concepts']} {place(concept)}" for concept in topic.concepts)
        words = [(terms.word(iri, position), word) for position, word in enumerate(topic.words)]
        told += (f"{_TOPIC['words']} <{node}>" for node, _ in words)
        examples = [(self.base.example(topic.id, member.object), member) for member in topic.examples]
        told += (f"{_TOPIC['examples']} <{node}>" for node, _ in examples)
        yield self._block(iri, told, self._end) + self._scheme(topic.run)
        for position, (node, word) in enumerate(words):
            yield self._word(node, position, word)
        for position, (node, member) in enumerate(examples):
            yield self._example(node, iri, position, member)

    def _scheme(self, run: str) -> str:
        return self._shared(
            self.base.scheme(run), *of_class(SKOS.ConceptScheme), f"<{DCTERMS.identifier}> {literal(run)}"
        )

    def _word(self, node: str, position: int, word: TopicWord) -> str:
        told = (
            *_TYPES[TopicWord],
            f"{POSITION} {integer(position)}",
            f"{_WORD['field']} {literal(word.field)}",
            f"{_WORD['value']} {literal(word.value)}",
            f"{_WORD['weight']} {double(word.weight)}",
            f"{_WORD['collection']} {literal(word.collection)}",
            f"{_WORD['apart']} {double(word.apart)}",
        )
        return self._block(node, told, self._end)

    def _example(self, node: str, topic: str, position: int, member: Member) -> str:
        told = (
            *_TYPES[Member],
            f"{POSITION} {integer(position)}",
            f"{_MEMBER['object']} <{self._object_of(member.object)}>",
            f"{_SHOWS} <{topic}>",
            f"{_MEMBER['weight']} {double(member.weight)}",
            f"{_MEMBER['reason']} {literal(member.reason)}",
        )
        return self._block(node, told, self._end)

    def topic_share(self, share: TopicShare) -> str:
        """The share of a topic in an object or an event, which then is about the topic."""
        topic, base = self.base.topic(share.topic), self.base
        subject = self._object_of(share.subject) if share.about == "object" else base.event(share.subject)
        software = base.software(share.method)
        told = (
            *_TYPES[TopicShare],
            f"{_SHARE['subject']} <{subject}>",
            f"{_SHARE['topic']} <{topic}>",
            f"{_SHARE['about']} {literal(share.about)}",
            f"{_SHARE['weight']} {double(share.weight)}",
            f"{_SHARE['method']} <{software}>",
            f"{_SHARE['run']} <{base.scheme(share.run)}>",
        )
        named = self._shared(software, *of_class(PROV.SoftwareAgent), f"<{SCHEMA.name}> {literal(share.method)}")
        about = f"<{subject}> {_ABOUT} <{topic}>{self._end}"
        return self._block(base.share(share.id), told, self._end) + about + named + self._scheme(share.run)

    def topic_change(self, change: TopicChange) -> str:
        """What became of topics."""
        told = [
            *_TYPES[TopicChange],
            f"{_CHANGE['run']} <{self.base.scheme(change.run)}>",
            f"{_CHANGE['fit']} {integer(change.fit)}",
            f"{_CHANGE['change']} {literal(change.change)}",
        ]
        for field, ids in (("before", change.before), ("after", change.after)):
            told += (f"{_CHANGE[field]} {literal(id_)}" for id_ in ids)
        return self._block(self.base.change(change.id), told, self._end) + self._scheme(change.run)
