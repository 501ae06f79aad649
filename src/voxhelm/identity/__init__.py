"""Who may: keys, what each of them allows, and the files they are read from.

It never keeps, logs or shows a secret: what it holds of one is a digest. It knows no routes and no HTTP.
"""
