"""What finished steps really took."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField, Sum
from django.db.models.functions import Cast

from apps.jobs.enums import StepState
from apps.jobs.models import Step


@dataclass(frozen=True)
class MeasuredStep:
    """``share``: of its blocks, those that were computed and not reused."""

    seconds: float
    share: float
    estimate: dict[str, Any]


def steps_measured(project: Any, kernel: str, *, limit: int = 8) -> list[MeasuredStep]:
    """Return the latest finished steps of a kernel in a project that computed something."""
    done = Step.objects.filter(run__project=project, kernel=kernel, state=StepState.DONE)
    sums = done.annotate(
        seconds=Sum("chunks__seconds"),
        computed=Cast(Sum("chunks__n_settled") - Sum("chunks__n_reused"), FloatField()),
    )
    rows = sums.filter(seconds__gt=0, computed__gt=0, n_blocks__gt=0).order_by("-ended_at")
    found = rows.values_list(
        "seconds", F("computed") / F("n_blocks"), "run__job__estimate", named=False
    )
    return [MeasuredStep(s, share, estimate or {}) for s, share, estimate in found[:limit]]
