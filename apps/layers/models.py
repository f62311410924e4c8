"""Layers, their immutable releases and the blocks a release is made of."""

from django.contrib.gis.db import models

from apps.core.models import ProjectOwned
from apps.layers.enums import LayerRole, ReleaseState


class Layer(ProjectOwned):
    """One raster series with a footprint and a style.

    ``class_code`` is set for a probability layer. ``position`` keeps the order in which the
    outputs of its job were asked for.
    """

    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=LayerRole)
    product = models.CharField(max_length=80, blank=True)
    class_code = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, related_name="+")
    current_release = models.ForeignKey(
        "layers.LayerRelease", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-job__created_at", "position"]
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="layer_once_per_job"),
            models.CheckConstraint(
                condition=models.Q(role__in=LayerRole.values), name="layer_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LayerRelease(ProjectOwned):
    """A state of a layer. Published releases never change; they are superseded.

    While ``building`` the row has no rasters: ``progress`` tells what the index that the tiler
    reads holds of it ({version, blocks, total, min_zoom, closed, at, seconds}).
    ``archives``: [{key, sha256, size, unit?}] in the project grid; ``display_key``: EPSG:3857
    twin; ``bbox``: [west, south, east, north] in EPSG:4326.
    """

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=ReleaseState, default=ReleaseState.BUILDING)
    run = models.ForeignKey("jobs.Run", on_delete=models.PROTECT, related_name="+")
    model_version = models.ForeignKey(
        "modelling.ModelVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    scene_selection = models.ForeignKey(
        "catalog.SceneSelection", on_delete=models.PROTECT, null=True, related_name="+"
    )
    grid = models.JSONField(default=dict)
    legend = models.JSONField(default=list)
    style = models.JSONField(default=dict)
    bbox = models.JSONField(default=list)
    statistics = models.JSONField(default=dict)
    archives = models.JSONField(default=list)
    display_key = models.CharField(max_length=120, blank=True)
    display_sha256 = models.CharField(max_length=64, blank=True)
    index_key = models.CharField(max_length=120, blank=True)
    stac_item = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["layer", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["layer"],
                name="release_one_building",
                condition=models.Q(state=ReleaseState.BUILDING),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ReleaseState.values), name="release_state_known"
            ),
        ]


class ReleaseBlock(models.Model):
    """Which stored object fills a block of a release: a block twice in a map is impossible."""

    pk = models.CompositePrimaryKey("release_id", "iy", "ix")
    release = models.ForeignKey(LayerRelease, on_delete=models.CASCADE, related_name="blocks")
    iy = models.IntegerField()
    ix = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    object_key = models.CharField(max_length=120)
