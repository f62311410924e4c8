"""``Authorization: Token <key>``."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from apps.accounts.selectors import token_of_key
from apps.accounts.services.tokens import token_touch

KEYWORDS = (b"token", b"bearer")


class TokenAuthentication(BaseAuthentication):
    """Find the caller by an API key; a wrong key is 401, never an anonymous call."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() not in KEYWORDS:
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("The header must read 'Authorization: Token <key>'.")
        token = token_of_key(parts[1].decode("latin-1"))
        if token is None:
            raise AuthenticationFailed(
                "The token is unknown or has expired. Get a new one at /api/v1/auth/token/."
            )
        token_touch(token)
        token.user.token_project_id = token.project_id
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return "Token"
