// Why two objects are linked: click on an edge for the reason
// object: id of an object
// other: id of another one
MATCH p = (:MediaObject {id: $object})-[link]-(:MediaObject {id: $other})
WHERE link.status <> 'rejected'
RETURN p ORDER BY link.weight DESC
