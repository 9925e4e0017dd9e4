"""Pure: numbers in, frozen dataclasses out. Statistics, rule evaluation and disclosure control."""
