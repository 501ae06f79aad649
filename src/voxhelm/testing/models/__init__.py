"""Writes small models that real engines load: the files of each kind, with nothing learnt in them.

It never downloads anything, and needs the package `onnx` or the engine's own only when a writer is called.
"""
