"""What the tile server refuses, each with its HTTP status."""


class TilerError(Exception):
    """Base: ``status`` is the HTTP answer, the message is shown to the caller."""

    status = 500


class Missing(TilerError):
    """Nothing is there: no such release, outside its box, no such style."""

    status = 404


class Refused(TilerError):
    """The question cannot be answered as asked; the message says what to change."""

    status = 422


class Busy(TilerError):
    """Too many heavy requests at once."""

    status = 503
