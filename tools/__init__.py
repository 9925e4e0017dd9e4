"""What maintainers and `start.py` run from a checkout; no part of the installed package."""
