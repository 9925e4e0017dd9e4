"""What `start.py` does: the environment in .venv, and the commands that run in it.

Standard library only, as it runs before anything is installed.
"""
