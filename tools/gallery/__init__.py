"""Every component on pages of its own, with made-up contents: for the tests and for the pictures in docs."""
