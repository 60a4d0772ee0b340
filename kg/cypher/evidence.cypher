// The evidence of an event, ten pieces of each medium
// event: id of an event
MATCH p = (:Event {id: $event})-->(a:Aspect)-[said:EVIDENCE]->(o:MediaObject)
WITH p, o.modality AS medium ORDER BY a.score DESC, a.position, said.position
WITH medium, collect(p)[..10] AS pieces
UNWIND pieces AS p
RETURN p
