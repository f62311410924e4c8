"""What the demo is called."""

DEMO_SLUG = "demo"
