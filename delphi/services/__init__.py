"""Use cases: one function, one transaction, named as a verb.

Each takes its arguments by keyword, among them `actor` and `now`, begins with `require`, flushes and
never commits: the caller opens the unit of work.
"""
