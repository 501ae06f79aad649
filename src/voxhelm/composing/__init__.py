"""Parts of an instance that take more than a few lines to put together, for `compose`.

It never starts anything, and decides nothing but which class meets which.
"""
