"""Reading of vector files people upload: GeoJSON, GPKG, zipped Shapefile, CSV.

Runs in a process of its own (``python -m workers.vector``) that holds no credentials and is limited
in memory and time; only its row-by-row answer leaves it.
"""
