"""The report of a study: one content gathered from the record, and a file for each format that draws it.

`content.gather` reads, the formats of `registry` draw, `writing.write_report` does both and leaves an
event. Figures come from snapshots only: what was shared with the panel is what is reported.
"""
