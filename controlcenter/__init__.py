"""The Django project: wiring only, no domain words. The Celery application is made with it."""

from controlcenter.celery import app as celery_app

__all__ = ["celery_app"]
