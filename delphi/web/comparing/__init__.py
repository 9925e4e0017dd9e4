"""A round's figures beside each other: groups, rounds, and people who stayed or left."""
