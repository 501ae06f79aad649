"""Resemble's Chatterbox: voices cloned from recordings, in an interpreter of its own.

It never imports PyTorch outside `load`, never opens a path that a caller has written, and never lets Chatterbox ask a hub.
"""
