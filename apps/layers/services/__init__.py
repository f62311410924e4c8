"""Writes on layers: open, publish, supersede; tile tokens and the index the tiler reads."""

from apps.layers.services.publishing import (
    PublishedFiles,
    ReleaseLineage,
    StoredFile,
    layer_open,
    layer_rename,
    release_publish,
)
from apps.layers.services.tokens import scene_tiles_path

__all__ = [
    "PublishedFiles",
    "ReleaseLineage",
    "StoredFile",
    "layer_open",
    "layer_rename",
    "release_publish",
    "scene_tiles_path",
]
