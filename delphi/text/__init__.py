"""Pure: markdown to safe HTML, differences between drafts."""
