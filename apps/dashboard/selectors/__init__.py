"""What a page shows, joined from the apps below; rows are turned into small view models."""
