"""What exists: engines found by entry point, models, voices and the names people use for them.

It never loads a model and never scans a disk during a request.
"""
