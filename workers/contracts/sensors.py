"""Which sensor plugin reads an item, and which of its pixels count. Pure: used by both planes."""

import re
from collections.abc import Iterable, Mapping, Sequence

from workers.contracts.plugins import SensorSpec

CLOUD_ROLES = ("cloud-mask", "cloud")
_STATIC_KEY = re.compile(
    r"^(.*[_-])?(elevation|slope|aspect|dem|dsm|dtm|hillshade|height|landcover|land[_-]cover|lulc"
    r"|classification|cropland|probability|tree[_-]cover.*|imperviousness|legend)([_-].*)?$",
    re.IGNORECASE,
)
_OTHER_ROLES = frozenset(
    {"labels", "labels-raster", "classification", "metadata", "thumbnail", "overview", "truth",
     "mask", "cloud", "cloud-mask", "cloud-shadow", "snow-ice", "water-mask"}
)  # fmt: skip


def data_keys(assets: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the keys of observed bands among assets (key → roles), in their order.

    A band is any raster that is not a mask, a label, a picture or a static layer by name. Pass
    raster assets only.
    """
    return tuple(
        key
        for key, roles in assets.items()
        if key != "SCL" and not _OTHER_ROLES & set(roles) and not _STATIC_KEY.match(key)
    )


def sensor_choose(specs: Sequence[SensorSpec], assets: Mapping[str, Iterable[str]]) -> str | None:
    """Return the slug of the sensor that reads an item's raster assets (key → roles).

    The assets decide, never the platform. None: the item has no band of any sensor (a static
    layer). Highest priority wins, then the slug.
    """
    if not data_keys(assets):
        return None
    fitting = [spec for spec in specs if _fits(spec, assets)]
    if not fitting:
        return None
    return min(fitting, key=lambda spec: (-spec.priority, spec.slug)).slug


def _fits(spec: SensorSpec, assets: Mapping[str, Iterable[str]]) -> bool:
    if not set(spec.requires) <= set(assets):
        return False
    return not spec.requires_any or bool(set(spec.requires_any) & set(assets))


def cloud_key(assets: Mapping[str, Iterable[str]]) -> str | None:
    """Return the asset that masks clouds: role ``cloud-mask`` before ``cloud``, then by key."""
    for role in CLOUD_ROLES:
        keys = sorted(key for key, roles in assets.items() if role in set(roles))
        if keys:
            return keys[0]
    return None
