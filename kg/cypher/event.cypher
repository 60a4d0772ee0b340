// An event: the three best answers to each question, and who tells of it
// event: id of an event
MATCH (e:Event {id: $event})
CALL (e) {
  MATCH p = (e)-[told:TOLD_BY]->(:MediaObject)-[:PUBLISHED_BY]->(:Source)
  RETURN p ORDER BY told.weight DESC LIMIT 12
  UNION ALL
  MATCH p = (e)-->(a:Aspect)
  WITH a.name AS question, p ORDER BY a.position
  WITH question, collect(p)[..3] AS best
  UNWIND best AS p
  RETURN p
}
RETURN p
