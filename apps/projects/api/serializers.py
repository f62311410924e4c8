"""What projects, members and nomenclatures look like from outside."""

from typing import Any

from rest_framework import serializers

from apps.core.api.bodies import Body
from apps.core.enums import Role
from apps.projects.domain.legend import MAX_CODE, ClassDraft
from apps.projects.models import Membership, Nomenclature, Project


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """``role`` is the caller's; ``organisation`` and ``nomenclature`` are ids."""

    role = serializers.CharField(source="caller_role", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    grid = serializers.JSONField(read_only=True, allow_null=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "slug",
            "name",
            "organisation",
            "organisation_name",
            "reference_year",
            "grid",
            "grid_native",
            "nomenclature",
            "role",
            "created_at",
        ]
        read_only_fields = fields


class ProjectCreateSerializer(Body):
    """``grid``: absent, an object, or ``"native"``; checked by the domain."""

    name = serializers.CharField(max_length=200)
    slug = serializers.CharField(max_length=80, required=False)
    organisation = serializers.CharField(max_length=80, required=False, allow_null=True)
    reference_year = serializers.IntegerField(
        min_value=1900, max_value=2200, required=False, allow_null=True
    )
    grid = serializers.JSONField(required=False, allow_null=True)


class ProjectUpdateSerializer(Body):
    """Slug and organisation are fixed at creation; so is the grid, once there is one."""

    name = serializers.CharField(max_length=200, required=False)
    reference_year = serializers.IntegerField(
        min_value=1900, max_value=2200, required=False, allow_null=True
    )
    nomenclature = serializers.UUIDField(required=False)
    grid = serializers.JSONField(required=False, allow_null=True)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    user = serializers.UUIDField(source="user_id", read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    name = serializers.CharField(source="user.display_name", read_only=True)
    organisation = serializers.CharField(
        source="user.organisation.name", read_only=True, default=None
    )

    class Meta:
        model = Membership
        fields = ["id", "user", "username", "name", "organisation", "role", "valid_until"]
        read_only_fields = fields


class MemberWriteSerializer(Body):
    """A person is named by ``username``; an existing member's role is replaced."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Role.choices)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)


class MemberPatchSerializer(Body):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)


class ClassSerializer(serializers.Serializer[Any]):
    """``parent`` is the code of another class; without ``color`` it comes from the palette."""

    code = serializers.IntegerField()
    name = serializers.CharField(max_length=200)
    color = serializers.CharField(max_length=40, required=False, allow_null=True)
    parent_source: str | None = "parent.code"

    def get_fields(self) -> dict[str, Any]:
        # Declared here because every serializer already has an attribute ``parent``.
        above = serializers.IntegerField(
            required=False, allow_null=True, default=None, source=self.parent_source
        )
        return super().get_fields() | {"parent": above}


class ClassWriteSerializer(ClassSerializer, Body):
    parent_source = None


class NomenclatureSerializer(serializers.ModelSerializer[Nomenclature]):
    classes = ClassSerializer(many=True, read_only=True)

    class Meta:
        model = Nomenclature
        fields = ["id", "project", "name", "version", "classes", "created_at"]
        read_only_fields = fields


class NomenclatureWriteSerializer(Body):
    """``classes`` replaces the whole list; classes are matched by code."""

    beside = ("project",)
    name = serializers.CharField(max_length=200)
    classes = serializers.ListField(
        child=ClassWriteSerializer(), required=False, max_length=MAX_CODE + 1
    )


def class_drafts(items: list[dict[str, Any]] | None) -> list[ClassDraft] | None:
    """Return validated classes as drafts of the domain; None when they were not given."""
    if items is None:
        return None
    return [
        ClassDraft(item["code"], item["name"], item.get("color"), item.get("parent"))
        for item in items
    ]
