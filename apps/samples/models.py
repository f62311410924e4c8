"""Reference samples, their history and the frozen versions models are trained from."""

from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import F, FloatField, Func, GeneratedField

from apps.core.models import ProjectOwned
from apps.samples.enums import Confidence, Purpose, RevisionAction, SampleStatus

# A point on the sample in Web Mercator, by plain arithmetic: no projection can fail on it.
MERCATOR_X = "ST_X(ST_PointOnSurface(%(expressions)s)) * 111319.49079327358"
MERCATOR_Y = (
    "ln(tan(radians(45 + least(greatest("
    "ST_Y(ST_PointOnSurface(%(expressions)s)), -85.06), 85.06) / 2))) * 6378137"
)


def _mercator(template: str) -> Any:
    return GeneratedField(
        expression=Func(F("geometry"), template=template),
        output_field=FloatField(),
        db_persist=True,
    )


class SampleSet(ProjectOwned):
    """Samples of one purpose and one nomenclature; ``revision`` counts what changed in it."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80)
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.TRAINING)
    nomenclature = models.ForeignKey(
        "projects.Nomenclature", on_delete=models.PROTECT, related_name="+"
    )
    description = models.TextField(blank=True, default="")
    revision = models.BigIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="sample_set_in_project")
        ]

    def __str__(self) -> str:
        return self.name


class SampleImport(ProjectOwned):
    """One imported file: the same bytes with the same options are not imported twice."""

    sample_set = models.ForeignKey(SampleSet, on_delete=models.CASCADE, related_name="imports")
    fingerprint = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200, blank=True)
    report = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["sample_set", "fingerprint"], name="import_once")
        ]


class ReferenceSample(ProjectOwned):
    """A labelled point or polygon. ``revision`` is its ETag; ``deleted_at`` hides, never erases.

    ``mx``/``my`` place it on the map's projection, for tiles that gather many samples.
    ``group`` joins samples that must fall into one fold; ``valid_from``/``valid_to`` is the season
    its features are taken from.
    """

    sample_set = models.ForeignKey(SampleSet, on_delete=models.CASCADE, related_name="samples")
    geometry = models.GeometryField(srid=4326)
    nomenclature_class = models.ForeignKey(
        "projects.NomenclatureClass", null=True, on_delete=models.PROTECT, related_name="+"
    )
    class_code = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=10, choices=SampleStatus.choices, default=SampleStatus.NEW)
    confidence = models.CharField(max_length=10, choices=Confidence.choices, blank=True, default="")
    source = models.CharField(max_length=200, blank=True, default="")
    group = models.CharField(max_length=200, blank=True, default="")
    block = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    region = models.ForeignKey(
        "aois.Region", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    attributes = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=200, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True)
    mx = _mercator(MERCATOR_X)
    my = _mercator(MERCATOR_Y)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["sample_set", "class_code"]),
            models.Index(fields=["sample_set", "created_at", "id"]),
            models.Index(
                fields=["sample_set", "mx"],
                include=["my", "class_code", "status"],
                condition=models.Q(deleted_at=None),
                name="sample_on_map",
            ),
            *(
                models.Index(
                    fields=["sample_set", field, "id"],
                    condition=models.Q(deleted_at=None),
                    name=f"sample_by_{field}",
                )
                for field in ("updated_at", "class_code", "status")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sample_set", "external_id"],
                condition=models.Q(deleted_at=None) & ~models.Q(external_id=""),
                name="external_id_in_set",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_from__lte=models.F("valid_to")),
                name="sample_season_in_order",
            ),
        ]


class SampleRevision(ProjectOwned):
    """One accepted edit: who, when, what the sample was afterwards."""

    sample = models.ForeignKey(ReferenceSample, on_delete=models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=RevisionAction.choices)
    state = models.JSONField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["revision"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "revision"], name="one_row_per_revision")
        ]


class SampleSetVersion(ProjectOwned):
    """A frozen snapshot: ``object_key`` names NDJSON in the store, one Feature a line."""

    sample_set = models.ForeignKey(SampleSet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    checksum = models.CharField(max_length=64)
    object_key = models.TextField()
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    count = models.PositiveIntegerField()
    class_counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sample_set", "number"], name="version_number_in_set")
        ]

    def __str__(self) -> str:
        return f"{self.sample_set.name} v{self.number}"
