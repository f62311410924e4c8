"""The tile server's entry point: ``uvicorn workers.tiler.app:app``.

The GDAL environment goes first, since importing the service imports rasterio.
"""

from workers.raster.environment import apply_environment, assert_drivers

apply_environment("tiler")

from workers.tiler.service import app_build, settings_read  # noqa: E402

assert_drivers("tiler")
app = app_build(settings_read())
