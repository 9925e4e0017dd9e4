"""A round's life in the browser: plan, arm, open, extend, close, paper forms, analysis."""
