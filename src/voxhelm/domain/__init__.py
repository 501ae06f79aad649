"""The words of the field: frozen types, the engine protocols and the error tree.

It uses the standard library and numpy only. It never does anything: no I/O, no clock, no thread, no log.
"""
