"""Reviewing comments one by one, with themes and the team's answers."""
