"""Limits of files that come with a request."""

MAX_UPLOAD_BYTES = 200 * 1024 * 1024
