// The evidence of an event, five pieces of each medium
// event: id of an event
MATCH p = (:Event {id: $event})-->(a:Aspect)-[said:EVIDENCE]->(o:MediaObject)
WITH a, o, p ORDER BY said.position
WITH a, o, head(collect(p)) AS p ORDER BY a.score DESC, a.position
WITH o.modality AS medium, collect(p)[..5] AS pieces
UNWIND pieces AS p
RETURN p
