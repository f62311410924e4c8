"""Names of the same spectral band: Sentinel-2 asset keys and STAC common names."""

from workers.contracts.assets import AssetRef

# STAC eo v1 calls the three red-edge bands alike; v2 tells them apart.
_SYNONYMS = (
    ("B01", "coastal"),
    ("B02", "blue"),
    ("B03", "green"),
    ("B04", "red"),
    ("B05", "rededge071"),
    ("B06", "rededge075"),
    ("B07", "rededge078"),
    ("B08", "nir"),
    ("B8A", "nir08"),
    ("B09", "nir09"),
    ("B11", "swir16"),
    ("B12", "swir22"),
)
_CANONICAL = {name: names[0] for names in _SYNONYMS for name in names}
_EARTH_SEARCH = {"rededge1": "B05", "rededge2": "B06", "rededge3": "B07"}


def band_of(name: str) -> str:
    """Return the Sentinel-2 key of a band that has one, else the name itself."""
    return _CANONICAL.get(name) or _EARTH_SEARCH.get(name, name)


def asset_of(assets: dict[str, AssetRef], name: str) -> AssetRef | None:
    """Find a band among a scene's assets: by key, by common name, by a synonym; else None.

    Of several assets with one common name the first key in alphabetical order is taken.
    """
    if name in assets:
        return assets[name]
    keys = sorted(assets)
    for key in keys:
        if assets[key].common_name == name:
            return assets[key]
    band = band_of(name)
    for key in keys:
        if band_of(key) == band or band_of(assets[key].common_name or "") == band:
            return assets[key]
    return None
