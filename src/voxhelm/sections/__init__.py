"""Sections of the settings, one per module, which `config` puts together.

It never reads a file or the environment, and nothing but `config` knows it.
"""
