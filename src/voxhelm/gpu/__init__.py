"""How much memory the cards have and who holds it: facts, where they come from, and what follows from them.

It never decides what is loaded, and never touches a model runtime: looking at a card takes none of its memory.
"""
