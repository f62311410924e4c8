"""The GDAL environment of every process of the compute plane.

Must be applied before rasterio (or pyogrio) is imported for the first time: GDAL registers its
drivers once. GDAL 3.12 has 147 drivers; all but a few are skipped, since a file's own content
otherwise chooses which driver, and so which other file or address, is opened.
"""

import os
import sys
from typing import Literal

from workers.errors import WorkerError

ProcessClass = Literal["raster", "tiler", "ingest"]

ALLOWED: dict[str, frozenset[str]] = {
    "raster": frozenset({"GTiff", "COG", "MEM", "JP2OpenJPEG"}),
    "tiler": frozenset({"GTiff", "COG", "MEM", "JP2OpenJPEG", "PNG", "WEBP", "JPEG"}),
    "ingest": frozenset(
        {"GTiff", "COG", "MEM", "JP2OpenJPEG", "GeoJSON", "GPKG", "ESRI Shapefile", "CSV"}
    ),
}

# Union of the drivers of the rasterio 1.5.2 (GDAL 3.12.2) and pyogrio 0.13.0 wheels. A newer wheel
# with an unknown driver is refused by assert_drivers, which names the driver to add here.
KNOWN_DRIVERS = tuple(
    """
AAIGrid|ACE2|ADBC|ADRG|AIG|AIVector|AVCBin|AVCE00|AirSAR|AmigoCloud|BAG|BIGGIF|BMP|BSB|BT|BYN|CAD
CALS|CEOS|COASP|COG|COSAR|CPG|CSV|CSW|CTG|Carto|DAAS|DERIVED|DGN|DIMAP|DOQ1|DOQ2|DTED|DXF|ECRGTOC
EDIGEO|EEDA|EEDAI|EHdr|EIR|ENVI|ERS|ESAT|ESRI Shapefile|ESRIC|ESRIJSON|Elastic|FAST|FlatGeobuf
GDALG|GFF|GIF|GML|GMLAS|GNMDatabase|GNMFile|GPKG|GPSBabel|GPX|GRASSASCIIGrid|GRIB|GS7BG|GSAG|GSBG
GSC|GTFS|GTI|GTX|GTiff|GXF|GenBin|Geoconcept|GeoJSON|GeoJSONSeq|GeoRSS|HDF5|HDF5Image|HF2|HFA|HTTP
ILWIS|IRIS|ISCE|ISG|ISIS2|ISIS3|Interlis 1|Interlis 2|JAXAPALSAR|JDEM|JML|JP2OpenJPEG|JPEG|JSONFG
KML|KMLSUPEROVERLAY|KRO|L1B|LAN|LCP|LIBERTIFF|LOSLAS|LVBAG|Leveller|MAP|MBTiles|MEM|MFF|MFF2|MRF
MSGN|MSSQLSpatial|MVT|MapInfo File|Memory|MiraMonRaster|MiraMonVector|MySQL|NAS|NDF|NGSGEOID|NGW
NITF|NOAA_B|NSIDCbin|NTv2|NWT_GRC|NWT_GRD|ODBC|ODS|OAPIF|OGCAPI|OGR_GMT|OGR_PDS|OGR_VRT|OSM|OpenFileGDB
PAux|PCIDSK|PCRaster|PDF|PDS|PDS4|PGDUMP|PGeo|PLMOSAIC|PLSCENES|PMTiles|PNG|PNM|PRF|Parquet
PostGISRaster|PostgreSQL|RCM|RIK|RMF|ROI_PAC|RPFTOC|RRASTER|RS2|RST|S102|S104|S111|S57|SAFE|SAGA
SAR_CEOS|SENTINEL2|SIGDEM|SNAP_TIFF|SNODAS|SQLite|SRP|SRTMHGT|STACIT|STACTA|SXF|Selafin|TGA|TIGER
TIL|TSX|Terragen|TopoJSON|USGSDEM|VDV|VICAR|VFK|VRT|WAsP|WCS|WEBP|WFS|WMS|WMTS|XLS|XLSX|XODR|XYZ
ZMap|Zarr|netCDF
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

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


def gdal_environment(process_class: ProcessClass) -> dict[str, str]:
    """Return the variables to set before the process starts (all single-threaded)."""
    allowed = ALLOWED[process_class]
    skipped = ",".join(name for name in KNOWN_DRIVERS if name not in allowed)
    return {**_COMMON, **_ONE_THREAD, "GDAL_SKIP": skipped}


GDAL_ENV: dict[str, dict[str, str]] = {name: gdal_environment(name) for name in ALLOWED}  # type: ignore[arg-type]


def apply_environment(process_class: ProcessClass) -> None:
    """Set the variables in this process and remove credentials and proxies.

    Raises:
        DriversError: rasterio or pyogrio is imported already, so the drivers are registered.
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


def assert_drivers(process_class: ProcessClass) -> None:
    """Refuse to run when GDAL has any driver that the process class does not need.

    Raises:
        DriversError: names the drivers.
    """
    from rasterio.env import Env

    with Env() as env:
        registered = set(env.drivers())
    surplus = sorted(registered - ALLOWED[process_class])
    if surplus:
        raise DriversError(
            f"GDAL drivers {', '.join(surplus)} are registered in a {process_class} process; "
            "apply_environment must run first, and new drivers belong in KNOWN_DRIVERS."
        )


def _is_proxy(name: str) -> bool:
    return name.lower().endswith("_proxy")
