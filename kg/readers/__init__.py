"""From files to media objects: folders with side-cars, web pages, tables with a mapping.

A reader is a pure generator: it yields records and failures and never writes, and nothing in it reaches the network.
docs/reference/collections.md describes the conventions for the people who lay out a collection.
"""

from kg.readers.item import Item
from kg.readers.read import count, read

__all__ = ["Item", "count", "read"]
