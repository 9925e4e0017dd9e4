"""The benchmarks: ratios to baselines measured in the same run, never promises about a machine.

`python3 start.py bench --help` says which there are; docs/benchmarks.md says what they mean.
"""
