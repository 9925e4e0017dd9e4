"""Drafts of sections: writing with the difference beside, signing, and "you said, we did"."""
