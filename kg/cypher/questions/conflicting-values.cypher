MATCH (:Event {id: $event})-->(a:Aspect {name: $aspect})
WITH collect(a) AS answers, count(DISTINCT a.value) AS values
WHERE values > 1
UNWIND answers AS a
MATCH (a)-[:EVIDENCE]->(o:MediaObject)-[:PUBLISHED_BY]->(s:Source)
WITH a, s, count(DISTINCT o) AS objects
RETURN a.value AS value, a.score AS score, s.id AS source, objects
ORDER BY score DESC, value, source, objects
