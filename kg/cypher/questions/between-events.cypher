MATCH (a:Event {id: $event}), (b:Event {id: $other})
CALL (a, b) {
  MATCH (a)-[one:TOLD_BY]->(o:MediaObject)
  MATCH (b)-[two:TOLD_BY]->(o)
  RETURN o AS mine, o AS theirs, 'member_of_both' AS kind,
    CASE WHEN one.weight < two.weight THEN one.weight ELSE two.weight END AS weight, '' AS reason
  UNION ALL
  MATCH (a)-[:TOLD_BY]->(mine:MediaObject)
  MATCH (mine)-[link]-(theirs:MediaObject)
  WHERE link.status <> 'rejected' AND EXISTS { (b)-[:TOLD_BY]->(theirs) }
  RETURN mine, theirs, link.kind AS kind, link.weight AS weight, link.reason AS reason
}
RETURN mine.id AS object, theirs.id AS counterpart, kind, weight, reason
ORDER BY weight DESC, object, counterpart, kind, reason
