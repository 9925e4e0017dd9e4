"""Pure: the vocabulary of a consultation (errors, actors, permissions, lifecycles, rules, the study file)."""
