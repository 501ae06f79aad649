"""PocketSphinx hears English: the recogniser that works on a fresh machine, its model being inside its wheel.

It never punctuates or capitalises, never knows a word outside its 134,000-word dictionary, and never reaches for a model hub.
"""
