MATCH (e:Event)-[:WHO]->(who:Aspect)
WHERE toLower(who.value) CONTAINS toLower($actor)
MATCH (e)-[:WHERE]->(place:Aspect)
WHERE toLower(place.value) CONTAINS toLower($place)
RETURN DISTINCT e.id AS event, e.title AS title, e.start AS start, who.value AS actor, place.value AS place
ORDER BY event, actor, place
