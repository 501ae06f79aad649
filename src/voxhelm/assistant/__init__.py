"""What to answer: whoever is asked is an `Assistant`, from one that says back what it heard to one with a model of its own.

It never hears, never speaks and knows no wire format: text in, text and calls of tools out.
"""
