"""The knowledge graph: reading media in, keeping records, asking for them."""
