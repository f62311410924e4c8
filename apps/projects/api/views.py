"""Projects, their members and their nomenclatures."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors import organisation_named, user_by_username
from apps.core.api.bodies import validated
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access
from apps.projects import selectors, services
from apps.projects.api import serializers as forms


class ProjectApi(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, ScopedViewSet
):
    """The caller's projects. Anybody of an organisation may create one and manages it."""

    access = Access(read=Role.VIEWER, write=Role.MANAGER, signed_in=True)
    project_path = ""
    serializer_class = forms.ProjectSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.projects_visible_to(self.request.user).select_related("organisation")

    @extend_schema(request=forms.ProjectCreateSerializer, responses={201: forms.ProjectSerializer})
    def create(self, request: Request) -> Response:
        given = validated(forms.ProjectCreateSerializer, request.data)
        named = given.pop("organisation", None)
        owner = organisation_named(named) if named else None
        if named and owner is None:
            text = "There is no such organisation, or you do not belong to it."
            raise InvalidInput(text, errors={"organisation": [text]})
        row = services.project_create(user=request.user, organisation=owner, **given)
        return self._answer(row.pk, status.HTTP_201_CREATED)

    @extend_schema(request=forms.ProjectUpdateSerializer, responses=forms.ProjectSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        shown = self.get_serializer(row).data
        given = validated(forms.ProjectUpdateSerializer, request.data, current=shown)
        if "nomenclature" in given:
            given["nomenclature"] = selectors.nomenclature_of(row, given["nomenclature"])
        services.project_update(row, user=request.user, **given)
        return self._answer(row.pk, status.HTTP_200_OK)

    @extend_schema(request=forms.ProjectUpdateSerializer, responses=forms.ProjectSerializer)
    def update(self, request: Request, pk: str) -> Response:
        return self.partial_update(request, pk)

    def perform_destroy(self, instance: Any) -> None:
        services.project_delete(instance, user=self.request.user)

    @extend_schema(methods=["GET"], responses=forms.MemberSerializer(many=True))
    @extend_schema(
        methods=["POST"], request=forms.MemberWriteSerializer, responses=forms.MemberSerializer
    )
    @action(detail=True, methods=["get", "post"], scope="manage")
    def members(self, request: Request, pk: str) -> Response:
        project = self.get_object()
        if request.method == "POST":
            return self._member_add(project, request)
        page = self.paginate_queryset(selectors.members_of(project))
        return self.get_paginated_response(forms.MemberSerializer(page, many=True).data)

    def _member_add(self, project: Any, request: Request) -> Response:
        given = validated(forms.MemberWriteSerializer, request.data)
        person = user_by_username(given.pop("username"))
        if person is None:
            text = "There is no active user of this name."
            raise InvalidInput(text, errors={"username": [text]})
        row = services.member_set(project, user=request.user, member=person, **given)
        return Response(forms.MemberSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        methods=["GET", "PATCH", "DELETE"],
        parameters=[OpenApiParameter("member", UUID, OpenApiParameter.PATH)],
    )
    @extend_schema(methods=["GET", "PATCH"], responses=forms.MemberSerializer)
    @extend_schema(methods=["PATCH"], request=forms.MemberPatchSerializer)
    @action(
        detail=True,
        methods=["get", "patch", "delete"],
        url_path="members/(?P<member>[^/.]+)",
        scope="manage",
    )
    def member(self, request: Request, pk: str, member: str) -> Response:
        project = self.get_object()
        row = selectors.membership_get(project, member)
        if request.method == "DELETE":
            services.member_remove(row, user=request.user)
            return Response(status=status.HTTP_204_NO_CONTENT)
        if request.method == "PATCH":
            kept: dict[str, Any] = {"role": row.role, "valid_until": row.valid_until}
            shown = forms.MemberSerializer(row).data
            given = kept | validated(forms.MemberPatchSerializer, request.data, current=shown)
            row = services.member_set(project, user=request.user, member=row.user, **given)
        return Response(forms.MemberSerializer(row).data)

    def _answer(self, pk: Any, code: int) -> Response:
        row = self.get_queryset().get(pk=pk)
        return Response(self.get_serializer(row).data, status=code)


class NomenclatureApi(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, ScopedViewSet
):
    """Legends of the caller's projects; a change of name or classes counts the version up."""

    access = Access(read=Role.VIEWER, write=Role.MANAGER)
    serializer_class = forms.NomenclatureSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.nomenclatures_visible_to(self.request.user)

    @extend_schema(request=forms.NomenclatureWriteSerializer)
    def create(self, request: Request) -> Response:
        project = self.project_from_body()
        given = validated(forms.NomenclatureWriteSerializer, request.data)
        given["classes"] = forms.class_drafts(given.get("classes")) or []
        row = services.nomenclature_create(project=project, user=request.user, **given)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=forms.NomenclatureWriteSerializer)
    def update(self, request: Request, pk: str, *, partial: bool = False) -> Response:
        row = self.get_object()
        form, shown = forms.NomenclatureWriteSerializer, self.get_serializer(row).data
        given = validated(form, request.data, partial=partial, current=shown)
        given["classes"] = forms.class_drafts(given.get("classes"))
        row = services.nomenclature_update(row, user=request.user, **given)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=forms.NomenclatureWriteSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        return self.update(request, pk, partial=True)

    def perform_destroy(self, instance: Any) -> None:
        services.nomenclature_delete(instance, user=self.request.user)
