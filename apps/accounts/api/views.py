"""Keys and the caller."""

from typing import Any

from django.db import transaction
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.services import login_check, preferences_set, token_issue
from apps.core.api.bodies import Body
from apps.core.api.views import ApiView
from apps.core.policy import PUBLIC, SIGNED_IN


class CredentialsSerializer(Body):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(read_only=True)


class OrganisationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    slug = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)


class MeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    username = serializers.CharField(read_only=True)
    name = serializers.CharField(source="display_name", read_only=True)
    email = serializers.EmailField(read_only=True)
    organisation = OrganisationSerializer(read_only=True, allow_null=True)
    preferences = serializers.DictField(
        child=serializers.CharField(max_length=40, allow_blank=True)
    )


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class TokenApi(ApiView):
    """A key for programs, valid for seven days, from a name and a password.

    Not in a request transaction: a failed attempt stays counted.
    """

    access = PUBLIC
    authentication_classes: list[Any] = []

    @extend_schema(request=CredentialsSerializer, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        address = request.META.get("REMOTE_ADDR", "")
        user = login_check(**given.validated_data, address=address, request=request._request)
        return Response({"token": token_issue(user=user)})


class MeChangeSerializer(Body):
    preferences = serializers.DictField(
        child=serializers.CharField(max_length=40, allow_blank=True), required=False
    )


class MeApi(ApiView):
    """The caller, and what this person prefers (an empty text forgets a preference)."""

    access = SIGNED_IN

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=MeChangeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        given = MeChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        preferences_set(user=request.user, changes=given.validated_data.get("preferences", {}))
        return Response(MeSerializer(request.user).data)
