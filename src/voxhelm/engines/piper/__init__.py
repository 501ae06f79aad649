"""Speaks with Piper's voices, every one with its two files, by ONNX Runtime and Piper's own phonemes.

It never downloads anything, and takes what callers write as text: Piper's notation for raw phonemes means nothing here.
"""
