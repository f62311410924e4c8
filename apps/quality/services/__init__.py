"""Writes: accuracy figures by jobs, remarks by people."""

from apps.quality.services.assessments import assessment_create_from_cv
from apps.quality.services.remarks import (
    remark_comment,
    remark_create,
    remark_delete,
    remark_update,
)

__all__ = [
    "assessment_create_from_cv",
    "remark_comment",
    "remark_create",
    "remark_delete",
    "remark_update",
]
