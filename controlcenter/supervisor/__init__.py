"""The one-command start: private PostGIS and Redis, web, tiler, workers; adopt, restart, stop.

Imports no Django: it must be able to say what is wrong before Django can be loaded.
"""
