MATCH (:Source {id: $source})<-[:PUBLISHED_BY]-(o:MediaObject)
RETURN o.id AS object, o.modality AS modality, o.title AS title, o.published AS published
ORDER BY object
