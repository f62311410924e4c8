"""What a job does after its launch: state, actions, events, blocks, log."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from apps.core.api.pagination import FeaturePages
from apps.core.api.views import ApiView, ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import SIGNED_IN, Access
from apps.jobs import selectors, services
from apps.jobs.api.serializers import JobSerializer, LogLineSerializer, StreamSerializer
from apps.jobs.models import Job

SINCE = OpenApiParameter("since", int, description="Number of the last message that was applied.")


class JobDetailApi(ScopedViewSet):
    """``jobs/{id}/``: the job with its runs, outputs, warnings and error."""

    access = Access(read=Role.VIEWER)
    serializer_class: Any = JobSerializer

    def get_queryset(self) -> QuerySet[Job]:
        return selectors.job_visible_to(self.request.user)

    @extend_schema(responses=JobSerializer)
    def retrieve(self, request: Any, pk: Any) -> Response:
        return Response(selectors.job_detail_representation(self.get_object()))


class JobActionApi(JobDetailApi):
    """``jobs/{id}/pause/`` and its kin: users write what they want, the reconciler moves."""

    access = Access(write=Role.PRODUCER)
    scope = "launch"

    @extend_schema(request=None, responses=JobSerializer)
    def pause(self, request: Any, pk: Any) -> Response:
        return self._answer(services.job_pause(job=self.get_object(), user=request.user))

    @extend_schema(request=None, responses=JobSerializer)
    def resume(self, request: Any, pk: Any) -> Response:
        return self._answer(services.job_resume(job=self.get_object(), user=request.user))

    @extend_schema(request=None, responses=JobSerializer)
    def cancel(self, request: Any, pk: Any) -> Response:
        return self._answer(services.job_cancel(job=self.get_object(), user=request.user))

    @extend_schema(request=None, responses=JobSerializer)
    def retry(self, request: Any, pk: Any) -> Response:
        return self._answer(services.job_retry(job=self.get_object(), user=request.user))

    def _answer(self, job: Job) -> Response:
        fresh = self.get_queryset().get(pk=job.pk)
        return Response(selectors.job_detail_representation(fresh))


class JobEventsApi(JobDetailApi):
    """``jobs/{id}/events/?since=``: the REST twin of the job's socket."""

    serializer_class = StreamSerializer

    @extend_schema(parameters=[SINCE], responses=StreamSerializer)
    def retrieve(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        since = since_of(request)
        answer = selectors.stream_since(f"job:{job.pk}", since)
        if answer.get("reset"):
            answer["snapshot"] = selectors.job_representation(job)
        return Response(answer)


class JobBlocksApi(JobDetailApi):
    """``jobs/{id}/blocks/``: outlines of the latest run's blocks with their states."""

    serializer_class = None
    pagination_class = FeaturePages

    @extend_schema(responses={200: dict})
    def retrieve(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        rows = selectors.blocks_shown(job, step=request.query_params.get("step"))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(selectors.block_features(job, page or []))


class JobLogApi(JobDetailApi):
    """``jobs/{id}/log/``: what happened, in sentences, oldest first."""

    serializer_class = LogLineSerializer

    @extend_schema(responses=LogLineSerializer(many=True))
    def retrieve(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        page = self.paginate_queryset(selectors.log_events(job))
        return self.get_paginated_response(selectors.log_lines(job, page or []))


class ProjectEventsApi(ApiView):
    """``projects/{id}/events/?since=``: the REST twin of the project's socket."""

    access = Access(read=Role.VIEWER)

    @extend_schema(parameters=[SINCE], responses=StreamSerializer)
    def get(self, request: Any, pk: Any) -> Response:
        project = self.project_for(pk)
        return Response(selectors.stream_since(f"project:{project.pk}", since_of(request)))


class UserEventsApi(ApiView):
    """``users/me/events/?since=``: the REST twin of one's own socket."""

    access = SIGNED_IN

    @extend_schema(parameters=[SINCE], responses=StreamSerializer)
    def get(self, request: Any) -> Response:
        return Response(selectors.stream_since(f"user:{request.user.pk}", since_of(request)))


def since_of(request: Any) -> int:
    return selectors.since_read(request.query_params.get("since"))
