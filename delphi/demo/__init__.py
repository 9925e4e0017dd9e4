"""The built-in demo study, its simulator, and the player that runs it through the real services."""
