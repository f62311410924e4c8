"""Zipped Shapefile: the archive's rules first, then only the files we know are written."""

import stat
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

from workers.errors import InputError
from workers.vector.limits import MAX_BYTES, MAX_ENTRIES, MAX_ENTRY_NAME, MAX_RATIO, shown

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED = (".shp", ".shx", ".dbf")
FREE_RATIO_BYTES = 1024 * 1024  # small files of zeros compress well and hurt nobody


def shapefile_extract(path: Path, name: str, folder: Path, layer: str | None) -> Path:
    """Write the parts of one Shapefile into ``folder`` and return its .shp.

    Raises InputError for a broken or hostile archive, for several Shapefiles without ``layer``,
    and for a missing part.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _checked(archive, name)
            stem = _stem(entries, name, layer)
            return _written(archive, entries, name, stem, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(f"{name}: the archive is damaged ({error}).") from error


def shapefile_names(path: Path, name: str) -> list[str]:
    """Return the names of the Shapefiles in an archive; raises InputError as above."""
    try:
        with zipfile.ZipFile(path) as archive:
            return list(_stems(_checked(archive, name)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(f"{name}: the archive is damaged ({error}).") from error


def _checked(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise InputError(f"{name}: has {len(entries)} entries, more than {MAX_ENTRIES}.")
    seen: set[str] = set()
    total = 0
    for entry in entries:
        _entry_check(entry, name)
        folded = unicodedata.normalize("NFC", entry.filename).casefold()
        if folded in seen:
            raise InputError(f"{name}: holds {shown(entry.filename)} twice.")
        seen.add(folded)
        total += entry.file_size
    if total > MAX_BYTES:
        raise InputError(f"{name}: unpacks to more than {MAX_BYTES // 1024**2} MB.")
    _overlap_check(entries, name)
    return [entry for entry in entries if not entry.is_dir()]


def _entry_check(entry: zipfile.ZipInfo, name: str) -> None:
    path = PurePosixPath(entry.filename)
    bad = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in path.parts[0]
    if bad or len(entry.filename) > MAX_ENTRY_NAME or not entry.filename.isprintable():
        raise InputError(f"{name}: the entry name {shown(entry.filename)} is not allowed.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise InputError(f"{name}: {shown(entry.filename)} is a link.")
    if path.suffix.lower() in (".zip", ".7z", ".gz", ".tar", ".rar"):
        raise InputError(f"{name}: holds another archive ({shown(entry.filename)}).")
    if entry.flag_bits & 1:
        raise InputError(f"{name}: is encrypted.")
    small = entry.file_size <= FREE_RATIO_BYTES
    if not small and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise InputError(f"{name}: {shown(entry.filename)} unpacks to more than {MAX_RATIO} times.")


def _overlap_check(entries: list[zipfile.ZipInfo], name: str) -> None:
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise InputError(f"{name}: its entries overlap.")
        end = entry.header_offset + entry.compress_size


def _stems(entries: list[zipfile.ZipInfo]) -> dict[str, str]:
    stems = [e.filename[:-4] for e in entries if e.filename.lower().endswith(".shp")]
    named = {PurePosixPath(stem).name: stem for stem in stems}
    return {name: stem for name, stem in named.items() if not name.startswith(".")}


def _stem(entries: list[zipfile.ZipInfo], name: str, layer: str | None) -> str:
    named = _stems(entries)
    stems = list(named.values())
    if layer is not None:
        if layer not in named:
            raise InputError(f"{name}: has no layer {shown(layer)}; it has: {', '.join(named)}.")
        return named[layer]
    if len(stems) != 1:
        have = f"the layers {', '.join(named)}: give layer" if stems else "no .shp file"
        raise InputError(f"{name}: has {have}.")
    return stems[0]


def _written(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str, stem: str, folder: Path
) -> Path:
    parts = {entry.filename[-4:].lower(): entry for entry in entries if entry.filename[:-4] == stem}
    for suffix in NEEDED:
        if suffix not in parts:
            raise InputError(f"{name}: the Shapefile has no {suffix} part; add it.")
    for suffix in PARTS:
        if suffix in parts:
            data = archive.read(parts[suffix])
            (folder / f"layer{suffix}").write_bytes(data)
    return folder / "layer.shp"
