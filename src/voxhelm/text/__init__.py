"""Text before it is said and after it is heard: sentences, language, subtitles.

It is pure: no I/O, no clock, no engine.
"""
