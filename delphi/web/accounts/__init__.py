"""Signing in to the team's side, signing out, choosing a password."""
