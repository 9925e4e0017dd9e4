"""What the panel sees, shown to the team: the panellist's own pages as somebody of one group reads them."""
