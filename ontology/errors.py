"""The error classes. The message says what was wrong and what was there."""


class CrossmediaError(Exception):
    """Base of every error that the project raises on purpose."""


class InvalidInput(CrossmediaError, ValueError):
    """A record, file, option or query is not what it must be."""


class NotFound(CrossmediaError, LookupError):
    """Nothing is kept under that id or name."""


class Conflict(CrossmediaError):
    """The wish contradicts what is kept, or somebody else is at work on it."""


class StoreUnavailable(CrossmediaError):
    """The store cannot be opened, reached or written."""
