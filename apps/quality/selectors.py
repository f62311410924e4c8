from typing import Any

from django.db.models import QuerySet

from apps.projects.selectors import project_ids_of
from apps.quality.models import AccuracyAssessment


def assessments_visible_to(user: Any) -> QuerySet[AccuracyAssessment]:
    return AccuracyAssessment.objects.filter(project__in=project_ids_of(user))
