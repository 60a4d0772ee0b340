// The shortest ways from one event to another, by what tells of them, links and equal answers
// event: id of an event
// other: id of another one
MATCH (a:Event {id: $event})
MATCH (b:Event {id: $other})
MATCH p = allShortestPaths((a)-[*..8]-(b))
WHERE none(step IN relationships(p) WHERE coalesce(step.status, '') = 'rejected')
  AND none(node IN nodes(p) WHERE node:Source OR node:Annotation)
RETURN p LIMIT 10
