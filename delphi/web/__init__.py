"""The pages: a view is a door (load, form, one service call, redirect or render), not a room."""
