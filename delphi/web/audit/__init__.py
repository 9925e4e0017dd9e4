"""The study's log, read by its team."""
