"""Templates of parameters, shared in a project."""

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.bodies import Body, validated
from apps.core.api.preconditions import etag_of, revision_from_if_match
from apps.core.api.views import ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import Access
from apps.orchestration import selectors
from apps.orchestration.models import JobTemplate
from apps.orchestration.services import templates as services


class JobTemplateSerializer(serializers.ModelSerializer[JobTemplate]):
    """``misfits``: parameters that no longer fit the workflow's schema, with the reason."""

    created_by_name = serializers.SerializerMethodField()
    misfits = serializers.SerializerMethodField()

    class Meta:
        model = JobTemplate
        fields = [
            "id",
            "project",
            "name",
            "workflow",
            "parameters",
            "description",
            "is_default",
            "misfits",
            "created_by",
            "created_by_name",
            "created_at",
            "revision",
        ]
        read_only_fields = fields

    def get_created_by_name(self, row: JobTemplate) -> str:
        user = row.created_by
        return (user.get_full_name() or user.username) if user else ""

    def get_misfits(self, row: JobTemplate) -> dict[str, list[str]]:
        return services.template_misfits(row.workflow, row.parameters)


class JobTemplateWriteSerializer(Body):
    """``workflow`` is set once; ``parameters`` may lack required ones."""

    name = serializers.CharField(max_length=services.MAX_NAME)
    parameters = serializers.DictField(required=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    is_default = serializers.BooleanField(required=False)


class JobTemplateCreateSerializer(JobTemplateWriteSerializer):
    beside = ("project",)
    workflow = serializers.CharField(max_length=80)


class JobTemplateFilter(filters.FilterSet):
    workflow = filters.CharFilter()


class JobTemplatesApi(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, ScopedViewSet
):
    """``job-templates/``: parameters of a workflow under a name; edits need If-Match."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    serializer_class = JobTemplateSerializer
    filterset_class = JobTemplateFilter

    def get_queryset(self) -> QuerySet[JobTemplate]:
        return selectors.job_templates_visible_to(self.request.user)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.answer(self.get_object())

    @extend_schema(request=JobTemplateCreateSerializer, responses={201: JobTemplateSerializer})
    def create(self, request: Request) -> Response:
        project = self.project_from_body()
        given = validated(JobTemplateCreateSerializer, request.data)
        row = services.job_template_create(project=project, user=request.user, **given)
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=JobTemplateWriteSerializer, responses=JobTemplateSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        revision = revision_from_if_match(request)
        given = validated(
            JobTemplateWriteSerializer,
            request.data,
            partial=True,
            current=self.get_serializer(row).data,
        )
        return self.answer(
            services.job_template_update(row, user=request.user, revision=revision, **given)
        )

    def perform_destroy(self, instance: JobTemplate) -> None:
        services.job_template_delete(instance, user=self.request.user)

    def answer(self, row: JobTemplate, code: int = status.HTTP_200_OK) -> Response:
        headers = {"ETag": etag_of(row.revision)}
        return Response(self.get_serializer(row).data, status=code, headers=headers)
