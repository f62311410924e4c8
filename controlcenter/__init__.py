"""The Django project: wiring only, no domain words."""
