from django.apps import AppConfig


class ModellingConfig(AppConfig):
    name = "apps.modelling"
    default_auto_field = "django.db.models.BigAutoField"
