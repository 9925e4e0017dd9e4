"""Statistics of many items at once, from tables of counts: the same figures, a hundred times as fast.

The functions beside this package are the reference: they describe one item in exact fractions, give a reason
for every figure that is undefined, and need no NumPy, which a web worker shall not load. These serve who has
hundreds of items or millions of ratings: files, benchmarks, simulated panels. They count in whole numbers, so
that every decision falls as the reference's does, and tests hold the two equal on random panels.
"""
