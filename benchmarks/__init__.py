"""Measurements of Voxhelm and its peers, side by side in one run, written as tables.

It never asserts: a number outside its bar is printed as missed, and no test depends on one.
"""
