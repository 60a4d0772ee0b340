MATCH (:Event {id: $event})-->(a:Aspect)-[said:EVIDENCE]->(o:MediaObject)
RETURN a.name AS aspect, a.value AS value, o.modality AS modality, o.id AS object, said.segment AS segment,
  said.text AS text
ORDER BY a.position, said.position
