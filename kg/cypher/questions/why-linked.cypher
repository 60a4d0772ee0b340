MATCH (:MediaObject {id: $object})-[link]-(:MediaObject {id: $other})
WHERE link.status <> 'rejected'
RETURN link.kind AS kind, link.scope AS scope, link.weight AS weight, link.method AS method, link.status AS status,
  link.reason AS reason
ORDER BY weight DESC, kind, method
