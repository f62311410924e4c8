"""Domain errors. HTTP status is looked up in ``apps.core.domain.problems``, never set here."""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """Something a person asked for cannot be done; the message says what, where and the remedy."""

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        errors: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.errors = {name: list(texts) for name, texts in (errors or {}).items()}


class InvalidInput(DomainError):
    """400: the request is understood and wrong; ``errors`` names the fields."""

    code = "invalid"


class NotFound(DomainError):
    """404: missing and foreign objects look the same."""

    code = "not_found"


class Forbidden(DomainError):
    """403: a member without the role."""

    code = "forbidden"


class Conflict(DomainError):
    """409: the object's state does not allow this now."""

    code = "conflict"


class StaleEdit(DomainError):
    """412: somebody else edited first; ``current`` is the state now.

    ``stale`` tells a bulk edit, item by item, what was edited by others.
    """

    code = "stale"

    def __init__(
        self, message: str, *, current: object = None, stale: Sequence[object] = ()
    ) -> None:
        super().__init__(message, advice="Reload the object and apply the edit again.")
        self.current = current
        self.stale = list(stale)


class PreconditionMissing(DomainError):
    """428: an edit without If-Match."""

    code = "precondition_required"


class TooLarge(DomainError):
    """413: over a stated limit."""

    code = "too_large"


class Unavailable(DomainError):
    """503: a service this needs is away; try again."""

    code = "unavailable"


class WrongCredentials(DomainError):
    """401: the name or the password is wrong; never says which."""

    code = "wrong_credentials"


class TooManyAttempts(DomainError):
    """429: ``wait`` is the time in seconds after which a new attempt is taken."""

    code = "too_many_attempts"

    def __init__(self, message: str, *, wait: int) -> None:
        super().__init__(message, advice=f"Try again in {wait} seconds.")
        self.wait = wait
