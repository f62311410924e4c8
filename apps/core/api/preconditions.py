"""If-Match and ETag: an edit names the revision it was made from."""

import re

from rest_framework.request import Request

from apps.core.errors import InvalidInput, PreconditionMissing

_TAG = re.compile(r'^(?:W/)?"(\d{1,18})"$|^(\d{1,18})$')


def etag_of(revision: int) -> str:
    """Return the ETag of a revision: the number in quotes."""
    return f'"{revision}"'


def revision_from_if_match(request: Request) -> int:
    """Return the revision that an edit was made from.

    Raises:
        PreconditionMissing: There is no If-Match header.
        InvalidInput: The header is not one revision in quotes.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionMissing(
            "This edit needs the header If-Match.",
            advice='Send the object\'s revision, as in If-Match: "3".',
        )
    match = _TAG.match(given)
    if match is None:
        raise InvalidInput(
            "The header If-Match must hold one revision in quotes.",
            advice='Send the revision you last read, as in If-Match: "3".',
            errors={"If-Match": ['Expected a number in quotes, as in "3".']},
        )
    return int(match.group(1) or match.group(2))
