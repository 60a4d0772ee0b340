MATCH (:MediaObject {id: $object})-[link:NEAR_DUPLICATE]-(o:MediaObject)-[:PUBLISHED_BY]->(s:Source)
WHERE link.status <> 'rejected'
RETURN o.id AS duplicate, o.modality AS modality, s.id AS source, link.weight AS weight, link.method AS method,
  link.reason AS reason
ORDER BY weight DESC, duplicate, method
