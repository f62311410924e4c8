from django.apps import AppConfig


class AoisConfig(AppConfig):
    name = "apps.aois"
    default_auto_field = "django.db.models.BigAutoField"
