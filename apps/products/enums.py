from django.db import models


class PluginKind(models.TextChoices):
    """Plugins the web side keeps as plain specs; workflows have a table of their own."""

    SENSOR = "sensor"
    INDEX = "index"
    CLASSIFIER = "classifier"
    KERNEL = "kernel"
    PRODUCT = "product"
