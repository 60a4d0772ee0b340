MATCH (o:MediaObject)<-[:READ_FROM]-(line:Annotation {kind: 'speech'})
WHERE o.modality IN ['audio', 'video'] AND line.time_start IS NOT NULL
  AND toLower(line.value) CONTAINS toLower($words)
RETURN o.id AS object, o.title AS title, line.time_start AS second, line.value AS text
ORDER BY object, second, text
