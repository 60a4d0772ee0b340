MATCH (:Event {id: $event})-[:TOLD_BY]->(o:MediaObject)-[:PUBLISHED_BY]->(s:Source)
WHERE o.published IS NOT NULL
WITH s, o ORDER BY o.published, o.id
WITH s, head(collect(o)) AS o
RETURN s.id AS source, s.name AS name, o.published AS first, o.id AS object
ORDER BY first, source
