"""Voxhelm: private voice AI that people run themselves, behind the OpenAI API.

The packages form a tower and import downwards only (`.importlinter`). Read them bottom up, starting at `kit` and `domain`.
"""
