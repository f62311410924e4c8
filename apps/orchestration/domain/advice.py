"""What to do about a problem that an import reports."""

_REMEDIES = (
    ("remote", "Copy the files below an allowed root and import the catalogue from there."),
    ("outside the", "Move the files below an allowed root, or have CATALOG_ROOTS extended."),
    ("does not exist", "Restore the file, or take the asset out of the item; then import again."),
    ("cannot be opened", "The file is damaged or not what its media type says: replace it."),
    ("no raster asset", "Give the assets a media type (image/tiff, image/jp2) or such a suffix."),
    ("occurs twice", "Ids must differ within a collection: rename one item."),
    ("datetime", "Give the item a datetime, or start_datetime and end_datetime."),
    ("geometry", "Give the item a valid polygon, or a bbox."),
    ("no href", "Give the asset an href."),
    ("https", "Use a path below an allowed root, or an https address of an allowed host."),
)
_ELSE = "Mend the item and import again; scenes without a problem are in already."


def import_advice(message: str) -> str:
    """Return a remedy for a message of the import's report."""
    return next((remedy for mark, remedy in _REMEDIES if mark in message), _ELSE)
