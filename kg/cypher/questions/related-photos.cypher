MATCH (:MediaObject {id: $object})-[link]-(o:MediaObject)
WHERE link.status <> 'rejected' AND o.modality = 'image' AND link.weight >= $weight
RETURN o.id AS photo, o.title AS title, link.weight AS weight, link.kind AS kind, link.method AS method,
  link.reason AS reason
ORDER BY weight DESC, photo, kind, method
