"""The set-up of a study as people change it in the browser: themes of fields over the study file's parts.

Pure. A field is named after its place in the file, so that whatever is wrong there is said beside it.
"""
