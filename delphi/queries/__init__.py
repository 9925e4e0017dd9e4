"""Reads: models or frozen page objects, ordered, scoped by study. Nothing here changes anything."""
