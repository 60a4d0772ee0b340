// Objects in which words stand, in any medium, and the events that they tell of
// words: words to look for, in the syntax of Lucene
CALL db.index.fulltext.queryNodes('words', $words, {limit: 15}) YIELD node AS o, score
OPTIONAL MATCH p = (o)<-[:TOLD_BY]-(:Event)
RETURN o, p ORDER BY score DESC
