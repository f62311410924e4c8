"""Index files without a row: left behind by a publication that was rolled back."""

from uuid import UUID

from apps.catalog.selectors import scenes_existing
from apps.core.storage import store_open
from apps.layers.models import LayerRelease

GRACE_SECONDS = 3600.0  # a publication writes its index before its rows


def index_orphans_remove(*, grace_seconds: float = GRACE_SECONDS) -> int:
    """Remove the index files of releases and scenes that do not exist; returns how many."""
    store = store_open()
    names = {name for name in store.index_names(older_than_seconds=grace_seconds) if _is_id(name)}
    releases = LayerRelease.objects.filter(pk__in=names).values_list("pk", flat=True)
    orphans = names - {str(pk) for pk in releases}
    orphans -= scenes_existing(orphans)
    for name in orphans:
        store.index_remove(name)
    return len(orphans)


def _is_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
