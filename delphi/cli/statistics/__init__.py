"""`delphi statistics`: consensus statistics of ratings in a file, without a study or a database."""
