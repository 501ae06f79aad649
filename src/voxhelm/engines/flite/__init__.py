"""Speaks English through CMU Flite where the machine has its libraries: a few recorded voices, word times, no download.

It never looks for its libraries by running a program, and never loads one before a model is loaded.
"""
