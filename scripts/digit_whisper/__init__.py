"""Trains a tiny Whisper on digits that flite says, in minutes, so that tests can ask what it understood.

It needs `autograd` beside what the tests need, and flite. It never downloads anything, and nothing that it makes is committed.
"""
