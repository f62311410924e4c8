"""Imports answer 202 with a job: files are read by a compute child, never by the web process."""

from pathlib import PurePath
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.catalog.services import catalog_href_check
from apps.core.api.bodies import Body, validated
from apps.core.api.views import ApiView
from apps.core.enums import Role
from apps.core.errors import InvalidInput, NotFound, TooLarge
from apps.core.policy import Access
from apps.core.storage import store_open
from apps.jobs.models import Job
from apps.jobs.selectors import job_representation, job_visible_to
from apps.orchestration.domain.uploads import MAX_UPLOAD_BYTES
from apps.orchestration.selectors import import_progress
from apps.orchestration.services.job_launch import job_submit_internal

EXTENSIONS = (".geojson", ".json", ".gpkg", ".zip", ".csv")
# A body without its last boundary was cut on the way: its file is dropped, never read as shorter.
NO_FILE: Any = {"required": "No file arrived whole; nothing was imported. Send the file again."}
VECTOR_OPTIONS = (
    "class_field", "layer", "crs", "x_field", "y_field", "from_field", "to_field",
    "group_field", "id_field", "class_map", "create_classes", "skip_invalid", "name_field",
)  # fmt: skip


class CatalogImportSerializer(Body):
    project = serializers.UUIDField()
    href = serializers.CharField(max_length=2000)


class VectorOptionsSerializer(Body):
    """How the columns of a file are read."""

    class_field = serializers.CharField(required=False)
    layer = serializers.CharField(required=False)
    crs = serializers.CharField(required=False)
    x_field = serializers.CharField(required=False)
    y_field = serializers.CharField(required=False)
    from_field = serializers.CharField(required=False)
    to_field = serializers.CharField(required=False)
    group_field = serializers.CharField(required=False)
    id_field = serializers.CharField(required=False)
    name_field = serializers.CharField(required=False)
    class_map = serializers.JSONField(required=False)
    create_classes = serializers.BooleanField(required=False)
    skip_invalid = serializers.BooleanField(required=False)


class VectorImportSerializer(VectorOptionsSerializer):
    """Multipart form: the file and how its columns are read."""

    beside = ("project",)
    file = serializers.FileField(error_messages=NO_FILE)


class CatalogImportApi(ApiView):
    """``catalog/imports/``: import a STAC catalogue by path or address."""

    access = Access(write=Role.PRODUCER)

    @extend_schema(request=CatalogImportSerializer)
    def post(self, request: Any) -> Response:
        project = self.project_from_body()
        href = validated(CatalogImportSerializer, request.data)["href"].strip()
        catalog_href_check(href)
        job = job_submit_internal(
            user=request.user,
            project=project,
            workflow="import_catalog",
            parameters={"href": href},
        )
        return accepted(request.user, job)


class CatalogImportProgressApi(ApiView):
    """``catalog/imports/{job}/``: what an import has found and done so far."""

    access = Access(read=Role.VIEWER)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Any, pk: Any) -> Response:
        job = job_visible_to(request.user).filter(pk=pk, workflow="import_catalog").first()
        if job is None:
            raise NotFound(f"Import {pk} does not exist.")
        self.project_for(job.project_id)
        return Response(import_progress(job))


class AoiImportApi(ApiView):
    """``aois/import/``: import areas of interest from a vector file."""

    access = Access(write=Role.PRODUCER)

    @extend_schema(request={"multipart/form-data": VectorImportSerializer})
    def post(self, request: Any) -> Response:
        project = self.project_from_body()
        job = job_submit_internal(
            user=request.user,
            project=project,
            workflow="import_aois",
            parameters=vector_upload(request),
        )
        return accepted(request.user, job)


def accepted(user: Any, job: Job) -> Response:
    """Return 202 with the job as the API shows it."""
    fresh = job_visible_to(user).get(pk=job.pk)
    return Response(job_representation(fresh), status=status.HTTP_202_ACCEPTED)


def vector_upload(request: Any) -> dict[str, Any]:
    """Store the uploaded file and return the import's parameters.

    Raises:
        InvalidInput: no file, an unknown extension, an unreadable option, an upload that was cut.
        TooLarge: over 200 MB.
    """
    given = validated(VectorImportSerializer, request.data)
    options = {key: given[key] for key in VECTOR_OPTIONS if key in given}
    return {**file_stored(given["file"]), "options": options}


def file_stored(upload: Any) -> dict[str, str]:
    """Put the file of a request into the store and return its key and name.

    Raises:
        InvalidInput: an unknown extension.
        TooLarge: over 200 MB.
    """
    name = PurePath(str(upload.name or "")).name
    suffix = PurePath(name).suffix.lower()
    if suffix not in EXTENSIONS:
        raise InvalidInput(
            f"File {name!r}: extension {suffix or '(none)'} is not read here.",
            advice=f"Use one of {', '.join(EXTENSIONS)}; a Shapefile goes in a .zip.",
            errors={"file": ["unknown extension."]},
        )
    if (upload.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge(f"File {name!r} is larger than {MAX_UPLOAD_BYTES // 1024**2} MB.")
    stored = store_open().put_bytes(upload.read(), suffix)
    return {"upload": stored.key, "file_name": name}
