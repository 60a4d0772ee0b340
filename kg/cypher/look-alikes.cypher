// Pictures that look alike; needs `crossmedia sync neo4j --with-vectors`
// object: id of a photo or clip
MATCH (v:Vector:ImageVector {object: $object})
CALL db.index.vector.queryNodes('nearest_image', 20, v.embedding) YIELD node, score
WHERE node.object <> $object
WITH node.object AS other, max(score) AS likeness ORDER BY likeness DESC LIMIT 10
MATCH (o:MediaObject {id: other})
RETURN o, likeness
