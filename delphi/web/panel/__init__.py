"""The panel: progress by group, people and how to reach them, adding, inviting and reminding."""

from delphi.web.panel import messages, people, reminding, routes

__all__ = ["messages", "people", "reminding", "routes"]
