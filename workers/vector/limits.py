"""What an uploaded vector file may hold."""

from dataclasses import dataclass

MAX_BYTES = 200 * 1024 * 1024
MAX_FEATURES = 200_000
MAX_VERTICES_EACH = 100_000
MAX_VERTICES_ALL = 5_000_000
MAX_DEPTH = 8  # of a geometry's coordinates
MAX_FIELDS = 1_000
MAX_TEXT = 200

MAX_ENTRIES = 1_000
MAX_RATIO = 20
MAX_ENTRY_NAME = 120

# The driver of an extension is fixed: the file's content never chooses it.
DRIVERS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GPKG",
    ".zip": "ESRI Shapefile",
    ".csv": "CSV",
}


@dataclass(frozen=True)
class Options:
    """How to read a file. ``crs`` names the system of a file that does not say its own."""

    layer: str | None = None
    crs: str | None = None
    class_field: str | None = None
    group_field: str | None = None
    from_field: str | None = None
    to_field: str | None = None
    id_field: str | None = None
    x_field: str | None = None
    y_field: str | None = None

    def fields(self) -> dict[str, str]:
        """Return the named columns that must exist, by option."""
        names = ("class_field", "group_field", "from_field", "to_field", "id_field")
        return {name: value for name in names if (value := getattr(self, name))}


def shown(value: object) -> str:
    """Return a value of the file as it may appear in a message: quoted and cut."""
    text = str(value)
    return repr(text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…")
