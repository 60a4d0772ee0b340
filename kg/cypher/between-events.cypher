// What connects two events: common objects, the six strongest links between their objects, and equal answers
// event: id of an event
// other: id of another one
MATCH (a:Event {id: $event})
MATCH (b:Event {id: $other})
CALL (a, b) {
  MATCH p = (a)-[:TOLD_BY]->(:MediaObject)<-[:TOLD_BY]-(b)
  RETURN p LIMIT 6
  UNION ALL
  MATCH p = (a)-[:TOLD_BY]->(:MediaObject)-[link]-(:MediaObject)<-[:TOLD_BY]-(b)
  WHERE link.status <> 'rejected'
  RETURN p ORDER BY link.weight DESC LIMIT 6
  UNION ALL
  MATCH p = (a)-->(:Aspect)-[:SAYS]->(:Value)<-[:SAYS]-(:Aspect)<--(b)
  RETURN p LIMIT 6
}
RETURN p
