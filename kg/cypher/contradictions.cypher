// Where sources contradict each other about an event: the four best answers, and three sources of each
// event: id of an event
// aspect: who, what, when, where, why or how
MATCH (e:Event {id: $event})-->(a:Aspect {name: $aspect})
WITH e, a ORDER BY a.position
WITH e, collect(a)[..4] AS answers, count(DISTINCT a.value) AS values
WHERE values > 1
UNWIND answers AS a
MATCH p = (e)-->(a)-[said:EVIDENCE]->(:MediaObject)-[:PUBLISHED_BY]->(s:Source)
WITH a, s, p ORDER BY said.position
WITH a, s, head(collect(p)) AS p
WITH a, collect(p)[..3] AS told
UNWIND told AS p
RETURN p
