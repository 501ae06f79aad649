"""A loaded model in a process of its own, behind the same calls.

It never decides what to load or when; `residency` does.
"""
