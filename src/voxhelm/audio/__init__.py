"""Bytes to sound and back: decoding, encoding, resampling, cutting into utterances.

It never spawns a program and never holds a whole recording in memory.
"""
