"""The results of a round, for the team."""
