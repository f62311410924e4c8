"""What a job does after its launch: state, actions, events, blocks, log."""

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from apps.core.api.bodies import EmptyBody, validated
from apps.core.api.pagination import FeaturePages, Pages
from apps.core.api.views import ApiView, ScopedViewSet
from apps.core.enums import Role
from apps.core.policy import SIGNED_IN, Access
from apps.jobs import selectors, services
from apps.jobs.api.serializers import (
    JobSerializer,
    LogLineSerializer,
    PrioritySerializer,
    RetrySerializer,
    StreamSerializer,
)
from apps.jobs.models import Job, Run

SINCE = OpenApiParameter("since", int, description="Number of the last message that was applied.")
RUN = OpenApiParameter("run", int, description="Number of an attempt; absent: the latest")
LOG = [
    RUN,
    OpenApiParameter("level", enum=("info", "warning", "error"), description="This or worse"),
    OpenApiParameter("routine", enum=("true", "false"), description="false: no claims"),
    OpenApiParameter("q", str, description="In the message, or a block as 3,4"),
    OpenApiParameter("since", int, description="Lines after the one of this number"),
    OpenApiParameter("order", enum=("asc", "desc")),
]
BLOCKS = [
    RUN,
    OpenApiParameter("step", str),
    OpenApiParameter("form", enum=("geojson", "compact"), description="compact: for maps"),
]


class JobDetailApi(ScopedViewSet):
    """``jobs/{id}/``: the job with its runs, outputs, warnings and error."""

    access = Access(read=Role.VIEWER)
    serializer_class: Any = JobSerializer

    def get_queryset(self) -> QuerySet[Job]:
        return selectors.job_visible_to(self.request.user)

    @extend_schema(responses=JobSerializer)
    def retrieve(self, request: Any, pk: Any) -> Response:
        return Response(selectors.job_detail_representation(self.get_object()))

    def run_named(self, job: Job) -> Run:
        return selectors.run_numbered(job, self.request.query_params.get("run"))


class JobApi(JobDetailApi):
    """``jobs/{id}/``: also changes the priority of a job that has not ended."""

    access = Access(read=Role.VIEWER, write=Role.PRODUCER)
    scope = "launch"

    @extend_schema(request=PrioritySerializer, responses=JobSerializer)
    def partial_update(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        given = validated(PrioritySerializer, request.data)
        services.job_priority_set(job=job, user=request.user, **given)
        return Response(selectors.job_detail_representation(self.get_object()))


class JobActionApi(JobDetailApi):
    """``jobs/{id}/pause/`` and its kin: users write what they want, the reconciler moves."""

    access = Access(write=Role.PRODUCER)
    scope = "launch"

    @extend_schema(request=None, responses=JobSerializer)
    def pause(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        validated(EmptyBody, request.data)
        return self._answer(services.job_pause(job=job, user=request.user))

    @extend_schema(request=None, responses=JobSerializer)
    def resume(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        validated(EmptyBody, request.data)
        return self._answer(services.job_resume(job=job, user=request.user))

    @extend_schema(request=None, responses=JobSerializer)
    def cancel(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        validated(EmptyBody, request.data)
        return self._answer(services.job_cancel(job=job, user=request.user))

    @extend_schema(request=RetrySerializer, responses=JobSerializer)
    def retry(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        given = validated(RetrySerializer, request.data)
        more = {"memory_mb": given["memory_mb"]} if "memory_mb" in given else {}
        return self._answer(
            services.job_retry(job=job, user=request.user, group=given.get("group"), overrides=more)
        )

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
    """``jobs/{id}/blocks/``: outlines of the latest run's blocks with their states.

    ``?form=compact`` answers rows [ix, iy, code, seconds] of the mapped step instead, with
    ``states`` that name the codes (``reused`` is added to a code) and ``lattice``: corners of
    blocks in EPSG:4326.
    """

    serializer_class = None
    pagination_class = FeaturePages

    @property
    def paginator(self) -> Any:
        if self.request is not None and self.request.query_params.get("form") == "compact":
            self._paginator: Any = getattr(self, "_paginator", None) or CompactPages()
        return super().paginator

    @extend_schema(parameters=BLOCKS, responses={200: dict})
    def retrieve(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        run, step = self.run_named(job), request.query_params.get("step")
        if request.query_params.get("form") == "compact":
            return self._compact(job, run, step)
        page = self.paginate_queryset(selectors.blocks_shown(job, step=step, run=run))
        return self.get_paginated_response(selectors.block_features(job, page or []))

    def _compact(self, job: Job, run: Run, name: str | None) -> Response:
        step = selectors.step_mapped(run, name)
        empty: dict[str, Any] = {"count": 0, "next": None, "previous": None, "results": []}
        told = {"run": run.number, "states": selectors.COMPACT_STATES, "reused": selectors.REUSED}
        if step is None:
            return Response(empty | told | {"step": None, "lattice": None, "told": {}})
        page = self.paginate_queryset(selectors.blocks_compact(run, step))  # type: ignore[arg-type]
        answer = self.get_paginated_response(selectors.compact_rows(page or []))
        answer.data |= told | {
            "step": step.name,
            "lattice": selectors.lattice_of(job, step),
            "told": selectors.blocks_told(step),
        }
        return answer


class JobLogApi(JobDetailApi):
    """``jobs/{id}/log/``: what happened, in sentences, oldest first."""

    serializer_class = LogLineSerializer

    @extend_schema(parameters=LOG, responses=LogLineSerializer(many=True))
    def retrieve(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        events = selectors.log_events(job, run=self.run_named(job), given=request.query_params)
        page = self.paginate_queryset(events)
        return self.get_paginated_response(selectors.log_lines(job, page or []))


class JobLogFileApi(JobDetailApi):
    """``jobs/{id}/log/download/``: the same lines as a text file."""

    serializer_class = None

    @extend_schema(parameters=LOG, responses={(200, "text/plain"): str})
    def retrieve(self, request: Any, pk: Any) -> Any:
        job = self.get_object()
        run = self.run_named(job)
        events = selectors.log_events(job, run=run, given=request.query_params)
        name = f"job-{str(job.pk)[:8]}-attempt-{run.number}.log"
        return StreamingHttpResponse(
            selectors.log_text(job, events),
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class JobReportApi(JobDetailApi):
    """``jobs/{id}/report/``: stages, failures by cause with what helps, predicted and actual."""

    serializer_class = None

    @extend_schema(parameters=[RUN], responses={200: dict})
    def retrieve(self, request: Any, pk: Any) -> Response:
        job = self.get_object()
        return Response(selectors.run_report(job, self.run_named(job)))


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


class CompactPages(Pages):
    """Rows for maps are small, so a page holds many."""

    page_size = 20_000
    max_page_size = 20_000


def since_of(request: Any) -> int:
    return selectors.since_read(request.query_params.get("since"))
