"""Imported STAC items: collections, scenes and their assets; frozen selections of scenes."""

from django.conf import settings
from django.contrib.gis.db import models

from apps.catalog.enums import SceneKind
from apps.core.models import ProjectOwned


class Collection(ProjectOwned):
    """A STAC Collection of one project; ``stac_id`` is its id in the catalogue."""

    stac_id = models.CharField(max_length=200)
    title = models.CharField(max_length=400, blank=True)
    description = models.TextField(blank=True)
    license = models.CharField(max_length=200, blank=True)
    href = models.TextField(blank=True)

    class Meta:
        ordering = ["stac_id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "stac_id"], name="collection_in_project")
        ]

    def __str__(self) -> str:
        return self.stac_id


class Scene(ProjectOwned):
    """Our row of a STAC Item.

    ``cloud_cover`` is percent, null when the item does not say. ``valid_percent`` is what its
    mask was measured to leave at import, null without a mask. ``flagged_reason`` is not empty
    when an asset cannot be used. A scene that is not ``included`` enters no selection;
    ``excluded_reason`` says why, in the words of who left it out.
    """

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="scenes")
    item_id = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=SceneKind.choices, default=SceneKind.SCENE)
    sensor = models.CharField(max_length=80, blank=True)
    datetime = models.DateTimeField(null=True)
    start_datetime = models.DateTimeField(null=True)
    end_datetime = models.DateTimeField(null=True)
    platform = models.CharField(max_length=100, null=True)
    cloud_cover = models.FloatField(null=True)
    footprint = models.MultiPolygonField(srid=4326)
    properties = models.JSONField(default=dict)
    item_sha = models.CharField(max_length=64)
    flagged_reason = models.TextField(blank=True, default="")
    included = models.BooleanField(default=True)
    excluded_reason = models.CharField(max_length=300, blank=True, default="")
    valid_percent = models.FloatField(null=True)

    class Meta:
        ordering = ["datetime", "item_id"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "item_id"], name="item_in_collection")
        ]
        indexes = [models.Index(fields=["project", "kind", "datetime"])]

    def __str__(self) -> str:
        return self.item_id


class Asset(ProjectOwned):
    """A file of a scene as it was when imported.

    value = stored * scale + offset. ``transform`` is (a, b, c, d, e, f), ``shape`` is
    [height, width]; both null for files that are no rasters. ``path`` is a real local path below
    an allowed root, empty for a remote file. ``version`` enters fingerprints.
    """

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="assets")
    key = models.CharField(max_length=200)
    href = models.TextField()
    path = models.TextField(blank=True)
    media_type = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=400, blank=True)
    driver = models.CharField(max_length=40, blank=True)
    band = models.PositiveSmallIntegerField(default=1)
    dtype = models.CharField(max_length=20, blank=True)
    nodata = models.FloatField(null=True)
    scale = models.FloatField(default=1.0)
    offset = models.FloatField(default=0.0)
    crs = models.TextField(blank=True)
    transform = models.JSONField(null=True)
    shape = models.JSONField(null=True)
    common_name = models.CharField(max_length=80, null=True)
    roles = models.JSONField(default=list)
    version = models.CharField(max_length=120, blank=True)
    has_data = models.BooleanField(default=False)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["scene", "key"], name="asset_in_scene")]

    def __str__(self) -> str:
        return self.key


class SceneSelection(ProjectOwned):
    """A frozen, ordered list of scenes; never changed but for its name.

    ``checksum`` covers ids and versions. ``narrowing`` holds filters beyond those of a workflow:
    ``sensor``, ``text``, ``bbox``, ``scenes`` (item ids picked by hand).
    """

    name = models.CharField(max_length=200, blank=True, default="")
    spec = models.JSONField()
    narrowing = models.JSONField(default=dict)
    aoi = models.ForeignKey(
        "aois.AreaOfInterest", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    checksum = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    scenes = models.ManyToManyField(Scene, through="SceneSelectionItem", related_name="selections")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "checksum"], name="selection_in_project")
        ]


class SceneSelectionItem(models.Model):
    """A scene of a frozen selection. PROTECT: what a model was made from is not deleted."""

    selection = models.ForeignKey(SceneSelection, on_delete=models.CASCADE, related_name="items")
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["selection", "scene"], name="scene_once_in_selection"),
            models.UniqueConstraint(fields=["selection", "position"], name="selection_position"),
        ]
