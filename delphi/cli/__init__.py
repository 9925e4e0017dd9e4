"""The `delphi` commands: each reads its arguments, calls one service or query, and says what happened."""
