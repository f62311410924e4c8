"""The session of a browser, for a page whose session has ended."""

from typing import Any

from django.contrib.auth import login
from django.db import transaction
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.views import CredentialsSerializer
from apps.accounts.services import login_check
from apps.core.api.views import ApiView
from apps.core.policy import PUBLIC


class SessionSerializer(serializers.Serializer[Any]):
    authenticated = serializers.BooleanField(read_only=True)
    username = serializers.CharField(read_only=True)
    csrf_token = serializers.CharField(read_only=True)


@method_decorator(csrf_protect, name="dispatch")
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class SessionApi(ApiView):
    """Who the browser is now; a log-in that leaves the page as it is.

    Not in a request transaction: a failed attempt stays counted. CSRF is checked although nobody
    is logged in: a foreign page must not choose whose session this is.
    """

    access = PUBLIC

    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        return session_answer(request)

    @extend_schema(request=CredentialsSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        address = request.META.get("REMOTE_ADDR", "")
        inner = request._request
        login(inner, login_check(**given.validated_data, address=address, request=inner))
        return session_answer(request)


def session_answer(request: Request) -> Response:
    inner = request._request
    state = {
        "authenticated": inner.user.is_authenticated,
        "username": inner.user.get_username(),
        "csrf_token": get_token(inner),
    }
    return Response(SessionSerializer(state).data)
