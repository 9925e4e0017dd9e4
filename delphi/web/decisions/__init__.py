"""The team's decision about each section of a round, signing them, publishing the feedback."""
