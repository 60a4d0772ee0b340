// Who told of an event first
// event: id of an event
MATCH (:Event {id: $event})-[:TOLD_BY]->(o:MediaObject)-[:PUBLISHED_BY]->(s:Source)
WHERE o.published IS NOT NULL
RETURN toString(o.published) AS published, s.name AS source, o.modality AS medium, o.name AS object, o.page AS page
ORDER BY published, source LIMIT 25
