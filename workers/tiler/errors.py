"""What the tile server refuses, each with its HTTP status."""

import re
from pathlib import PurePosixPath

_FOLDERS = re.compile(r"(?<![\w)])/(?:[^/:'\"\n]+/)+")


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


def text_without_folders(text: str, *paths: str) -> str:
    """Return a message with file names only: folders are nobody's business.

    paths: those that may be named, whatever characters they hold; others are told by their form.
    """
    for path in sorted(filter(None, paths), key=len, reverse=True):
        text = text.replace(path, PurePosixPath(path).name)
    return _FOLDERS.sub("", text)
