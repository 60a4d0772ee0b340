// Where sources contradict each other about an event
// event: id of an event
// aspect: who, what, when, where, why or how
MATCH (e:Event {id: $event})-->(a:Aspect {name: $aspect})
WITH e, collect(a) AS answers, count(DISTINCT a.value) AS values
WHERE values > 1
UNWIND answers AS a
CALL (e, a) {
  MATCH p = (e)-->(a)-[said:EVIDENCE]->(:MediaObject)-[:PUBLISHED_BY]->(:Source)
  RETURN p ORDER BY said.position LIMIT 5
}
RETURN p ORDER BY a.position LIMIT 50
