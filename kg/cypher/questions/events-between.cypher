MATCH (e:Event)
WITH e, coalesce(e.start, e.end) AS begin, coalesce(e.end, e.start) AS finish
WHERE finish >= datetime($from) AND begin <= datetime($to)
RETURN e.id AS event, e.title AS title, e.start AS start, e.end AS `end`
ORDER BY begin, event
