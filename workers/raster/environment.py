"""The GDAL environment of every process of the compute plane.

Must be applied before rasterio (or pyogrio) is imported for the first time: GDAL registers its
drivers once. GDAL 3.12 has 147 drivers; all but a few are skipped, since a file's own content
otherwise chooses which driver, and so which other file or address, is opened.
"""

import importlib
import os
import sys
from typing import Literal

from workers.errors import WorkerError

ProcessClass = Literal["raster", "tiler", "ingest"]

ALLOWED: dict[ProcessClass, frozenset[str]] = {
    "raster": frozenset({"GTiff", "COG", "MEM", "JP2OpenJPEG"}),
    "tiler": frozenset({"GTiff", "COG", "MEM", "JP2OpenJPEG", "PNG", "WEBP", "JPEG"}),
    "ingest": frozenset(
        {"GTiff", "COG", "MEM", "JP2OpenJPEG", "GeoJSON", "GPKG", "ESRI Shapefile", "CSV"}
    ),
}

# The drivers of the rasterio 1.5.2 and pyogrio 0.13.0 wheels (GDAL 3.12.2 each, with copies of
# their own). A wheel with one more driver is refused by assert_drivers, which names it. Never
# write "Memory" here: GDAL 3.12 takes it for MEM, frees that driver and crashes at its next use.
_RASTERIO_DRIVERS = """
AAIGrid|ACE2|ADRG|AIG|AVCBin|AVCE00|AirSAR|BAG|BIGGIF|BMP|BSB|BT|BYN|CALS|CEOS
COASP|COG|COSAR|CPG|CTG|DAAS|DERIVED|DIMAP|DOQ1|DOQ2|DTED|ECRGTOC|EEDA|EEDAI|EHdr
EIR|ENVI|ERS|ESAT|ESRI Shapefile|ESRIC|ESRIJSON|FAST|GDALG|GFF|GIF|GNMDatabase
GNMFile|GPKG|GRASSASCIIGrid|GRIB|GS7BG|GSAG|GSBG|GSC|GTI|GTX|GTiff|GXF|GenBin
GeoJSON|GeoJSONSeq|HDF5|HDF5Image|HF2|HFA|HTTP|ILWIS|IRIS|ISCE|ISG|ISIS2|ISIS3
JAXAPALSAR|JDEM|JP2OpenJPEG|JPEG|KMLSUPEROVERLAY|KRO|L1B|LAN|LCP|LIBERTIFF|LOSLAS
Leveller|MAP|MBTiles|MEM|MFF|MFF2|MRF|MSGN|MVT|MiraMonRaster|NDF|NGSGEOID|NITF
NOAA_B|NSIDCbin|NTv2|NWT_GRC|NWT_GRD|OSM|PAux|PCIDSK|PCRaster|PDF|PDS|PDS4|PLMOSAIC
PNG|PNM|PRF|RCM|RIK|RMF|ROI_PAC|RPFTOC|RRASTER|RS2|RST|S102|S104|S111|SAFE|SAGA
SAR_CEOS|SENTINEL2|SIGDEM|SNAP_TIFF|SNODAS|SQLite|SRP|SRTMHGT|STACIT|STACTA|TGA|TIL
TSX|Terragen|TopoJSON|USGSDEM|VICAR|VRT|WCS|WEBP|WMS|WMTS|XYZ|ZMap|Zarr|netCDF
"""
_PYOGRIO_DRIVERS = """
ADBC|AIVector|AVCBin|AVCE00|AmigoCloud|CSV|CSW|Carto|DGN|DXF|EDIGEO|EEDA
ESRI Shapefile|ESRIJSON|Elasticsearch|FlatGeobuf|GDALG|GML|GPKG|GPSBabel|GPX|GTFS
GeoJSON|GeoJSONSeq|GeoRSS|HTTP|Idrisi|JML|JSONFG|KML|LIBKML|LVBAG|MBTiles|MEM|MVT
MapInfo File|MapML|MiraMonVector|NGW|OAPIF|ODS|OGCAPI|OGR_GMT|OGR_PDS|OGR_VRT|OSM
OpenFileGDB|PCIDSK|PDF|PDS4|PGDUMP|PLSCENES|PMTiles|S57|SQLite|SXF|Selafin|TopoJSON
VDV|VFK|VICAR|WAsP|WFS|XLSX
"""

_COMMON = {
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/vsicurl/none",
    "GDAL_DRIVER_PATH": "disable",
    "OGR_DRIVER_PATH": "disable",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_MEM_ENABLE_OPEN": "NO",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_CACHEMAX": "256",
    "GDAL_MAX_DATASET_POOL_SIZE": "64",
    "GDAL_NUM_THREADS": "1",
    "OGR_SQLITE_PRAGMA": "trusted_schema=OFF",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
    "PROJ_NETWORK": "OFF",
}
_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "NUMBA_NUM_THREADS",
    ),
    "1",
)
_REMOVED = ("GDAL_PYTHON_DRIVER_PATH", "OGR_SQLITE_LOAD_EXTENSIONS", "CPL_DEBUG", "GDAL_DATA")
_REMOVED_PREFIXES = ("AWS_", "AZURE_", "GS_", "GOOGLE_", "SWIFT_", "OSS_")


class DriversError(WorkerError):
    """The registered GDAL drivers are not the allow-list: the process must not run."""

    kind = "code"


def _skipped(drivers: str, process_class: ProcessClass) -> str:
    names = drivers.replace("\n", "|").strip("|").split("|")
    return ",".join(name for name in names if name not in ALLOWED[process_class])


def vector_environment(driver: str) -> dict[str, str]:
    """Return the variables of a process whose pyogrio has one driver (and MEM) only."""
    names = _PYOGRIO_DRIVERS.replace("\n", "|").strip("|").split("|")
    skipped = ",".join(name for name in names if name not in (driver, "MEM"))
    return {**_COMMON, **_ONE_THREAD, "GDAL_SKIP": skipped}


def gdal_environment(process_class: ProcessClass) -> dict[str, str]:
    """Return the variables to set before the process starts (all single-threaded)."""
    return {**_COMMON, **_ONE_THREAD, "GDAL_SKIP": _skipped(_RASTERIO_DRIVERS, process_class)}


GDAL_ENV: dict[ProcessClass, dict[str, str]] = {name: gdal_environment(name) for name in ALLOWED}


def apply_environment(process_class: ProcessClass) -> None:
    """Set the variables in this process, remove credentials and proxies, register the drivers.

    Raises:
        DriversError: rasterio or pyogrio was imported under another environment.
    """
    early = [name for name in ("rasterio", "pyogrio") if name in sys.modules]
    if early and os.environ.get("GDAL_SKIP") != GDAL_ENV[process_class]["GDAL_SKIP"]:
        raise DriversError(
            f"{' and '.join(early)} was imported before the GDAL environment was applied; "
            "call apply_environment first."
        )
    for name in list(os.environ):
        if name in _REMOVED or name.startswith(_REMOVED_PREFIXES) or _is_proxy(name):
            del os.environ[name]
    os.environ.update(GDAL_ENV[process_class])
    _register_rasterio()
    if process_class == "ingest":
        os.environ["GDAL_SKIP"] = _skipped(_PYOGRIO_DRIVERS, process_class)
        _register_pyogrio()
        os.environ["GDAL_SKIP"] = GDAL_ENV[process_class]["GDAL_SKIP"]


def assert_drivers(process_class: ProcessClass) -> None:
    """Refuse to run when GDAL has any driver that the process class does not need.

    Raises:
        DriversError: names the drivers.
    """
    from rasterio.env import Env

    with Env() as env:
        registered = set(env.drivers())
    if "pyogrio" in sys.modules:
        registered |= set(sys.modules["pyogrio"].list_drivers())
    surplus = sorted(registered - ALLOWED[process_class])
    if surplus:
        raise DriversError(
            f"GDAL drivers {', '.join(surplus)} are registered in a {process_class} process; "
            "apply_environment must run first; a driver of a newer wheel belongs in its list."
        )


def _register_rasterio() -> None:
    """GDAL registers its drivers at first use, so use it while the variables are right."""
    from rasterio.env import Env

    with Env():
        pass


def _register_pyogrio() -> None:
    importlib.import_module("pyogrio").list_drivers()


def _is_proxy(name: str) -> bool:
    return name.lower().endswith("_proxy")
