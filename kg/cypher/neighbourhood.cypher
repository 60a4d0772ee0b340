// An object, its twelve strongest links, and three of each of those
// object: id of an object
MATCH near = (:MediaObject {id: $object})-[link]-(n:MediaObject)
WHERE link.status <> 'rejected'
WITH near, n ORDER BY link.weight DESC LIMIT 12
CALL (n) {
  MATCH far = (n)-[link]-(:MediaObject)
  WHERE link.status <> 'rejected'
  RETURN far ORDER BY link.weight DESC LIMIT 3
}
RETURN near, far
