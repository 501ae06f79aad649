"""Fakes that ship with the product, for our tests and for plugin authors.

Production code never imports it.
"""
