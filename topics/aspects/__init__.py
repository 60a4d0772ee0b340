"""Who, what, when, where, why and how: what objects tell of an event, with evidence in every medium."""
