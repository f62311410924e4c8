"""Imports of samples: at once, or after a look into the file, which is sent only one time."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from apps.core.api.bodies import Body, validated
from apps.core.api.views import ApiView
from apps.core.enums import Role
from apps.core.errors import InvalidInput
from apps.core.policy import Access
from apps.orchestration.api.imports import (
    NO_FILE,
    VectorImportSerializer,
    VectorOptionsSerializer,
    accepted,
    file_stored,
    vector_upload,
)
from apps.orchestration.selectors import inspection_job, inspection_of
from apps.orchestration.services.job_launch import job_submit_internal
from apps.samples.selectors import sample_sets_visible_to


class FileSerializer(Body):
    """Multipart form: the file alone."""

    file = serializers.FileField(error_messages=NO_FILE)


class _SampleSetApi(ApiView):
    def sample_set(self, pk: Any) -> Any:
        """Return the set of this address; NotFound or Forbidden as the caller's role has it."""
        found = sample_sets_visible_to(self.request.user).filter(pk=pk).first()
        self.project_for(found.project_id if found else pk)
        return found

    def import_begin(self, sample_set: Any, given: dict[str, Any]) -> Response:
        """Submit the import of a stored file."""
        if not given["options"].get("class_field"):
            raise InvalidInput(
                "Say which column holds the class.",
                errors={"class_field": ["This field is required."]},
            )
        return self.submit(sample_set, "import_samples", given)

    def submit(self, sample_set: Any, workflow: str, given: dict[str, Any]) -> Response:
        """Submit a workflow on a stored file and return 202 with its job."""
        user: Any = self.request.user
        job = job_submit_internal(
            user=user,
            project=sample_set.project,
            workflow=workflow,
            parameters={**given, "target": str(sample_set.pk)},
        )
        return accepted(user, job)


class SampleImportApi(_SampleSetApi):
    """``sample-sets/{id}/import/``: import samples from a vector file."""

    access = Access(write=Role.PRODUCER)

    @extend_schema(request={"multipart/form-data": VectorImportSerializer})
    def post(self, request: Any, pk: Any) -> Response:
        return self.import_begin(self.sample_set(pk), vector_upload(request))


class SampleInspectApi(_SampleSetApi):
    """``sample-sets/{id}/import/inspect/``: look into a file before it is imported."""

    access = Access(write=Role.PRODUCER)

    @extend_schema(request={"multipart/form-data": FileSerializer})
    def post(self, request: Any, pk: Any) -> Response:
        sample_set = self.sample_set(pk)
        upload = validated(FileSerializer, request.data)["file"]
        given = {**file_stored(upload), "options": {}}
        return self.submit(sample_set, "inspect_samples", given)


class SampleInspectionApi(_SampleSetApi):
    """``sample-sets/{id}/import/inspect/{job}/``: what a file holds; POST imports that file."""

    access = Access(read=Role.PRODUCER, write=Role.PRODUCER)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Any, pk: Any, job: Any) -> Response:
        return Response(inspection_of(inspection_job(request.user, self.sample_set(pk), job)))

    @extend_schema(operation_id="sample_sets_import_inspected", request=VectorOptionsSerializer)
    def post(self, request: Any, pk: Any, job: Any) -> Response:
        sample_set = self.sample_set(pk)
        options = validated(VectorOptionsSerializer, request.data)
        looked = inspection_job(request.user, sample_set, job).spec["parameters"]
        stored = {name: looked[name] for name in ("upload", "file_name")}
        return self.import_begin(sample_set, {**stored, "options": options})
