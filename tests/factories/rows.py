"""A row of any model, filled by its field types: for tests that walk over all models."""

import uuid
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.gis.db import models as gis
from django.contrib.gis.geos import GEOSGeometry
from django.db import models

from apps.accounts.models import User
from apps.projects.models import Project
from tests.factories.identity import make_user

_number = count(1)
# References that are null in some rows, but that a check constraint wants in one of ours.
_WANTED = {"quality.AccuracyAssessment": ("model_version",)}
# References back to a row of its own, made after it: {row: (reference, its field to the row)}.
_LATER = {"layers.Layer": ("current_release", "layer")}
# Rows that another one is never without: {row: (model, its field to the row)}.
_ALSO = {"jobs.Job": ("jobs.Run", "job")}
_SQUARE = "((26 45, 26.1 45, 26.1 45.1, 26 45.1, 26 45))"
_SHAPES = {
    "POINT": "POINT(26.05 45.05)",
    "POLYGON": f"POLYGON{_SQUARE}",
    "MULTIPOLYGON": f"MULTIPOLYGON({_SQUARE})",
    "GEOMETRY": "POINT(26.05 45.05)",
}


def any_row(model: type[models.Model], project: Project, **values: Any) -> Any:
    """Make a row of a model in a project; needed foreign rows are made too, once per field."""
    row = model(**values)
    for field in model._meta.concrete_fields:
        made_by_database = field.auto_created or getattr(field, "generated", False)
        if field.name in values or field.attname in values or made_by_database:
            continue
        if field.primary_key and field.has_default():
            continue
        if isinstance(field, models.ForeignKey):
            wanted = not field.null or field.name in _WANTED.get(model._meta.label, ())
            _fill_reference(row, field, project, wanted=wanted)
        elif not (field.null or field.has_default()) or field.unique:
            setattr(row, field.attname, any_value(field))
    model._default_manager.bulk_create([row])
    if model._meta.label in _ALSO:
        label, back = _ALSO[model._meta.label]
        any_row(apps.get_model(label), project, **{back: row})
    if model._meta.label in _LATER:
        name, back = _LATER[model._meta.label]
        target: Any = model._meta.get_field(name).related_model
        made = any_row(target, project, **{back: row})
        model._default_manager.filter(pk=row.pk).update(**{name: made})
    return row


def _fill_reference(row: models.Model, field: Any, project: Project, *, wanted: bool) -> None:
    target = field.remote_field.model
    if target is Project:
        setattr(row, field.name, project)
    elif wanted:
        made = make_user() if target is User else any_row(target, project)
        setattr(row, field.name, made)


def any_value(field: Any) -> Any:
    """Return a valid value of a field's type, different each time where it is text."""
    number = next(_number)
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, gis.GeometryField):
        return GEOSGeometry(_SHAPES[field.geom_type], srid=field.srid)
    if isinstance(field, models.CharField | models.TextField):
        return f"x{number}"[: field.max_length or 50]
    by_type: list[tuple[type[Any], Any]] = [
        (models.UUIDField, uuid.uuid4()),
        (models.JSONField, {}),
        (models.BooleanField, False),
        (models.IntegerField, number % 250),
        (models.FloatField, 0.5),
        (models.DecimalField, 0),
        (models.DateTimeField, datetime(2026, 1, 1, tzinfo=UTC)),
        (models.DateField, date(2026, 1, 1)),
        (models.BinaryField, b"x"),
    ]
    for kind, value in by_type:
        if isinstance(field, kind):
            return value
    raise TypeError(f"No value for {field.model.__name__}.{field.name}: {type(field).__name__}.")
