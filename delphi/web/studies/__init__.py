"""The list of studies, a study's home, its rule and seal, its report; bringing studies in and out."""
