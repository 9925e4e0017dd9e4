"""The panel: progress by group, people and how to reach them, adding, inviting and reminding."""
