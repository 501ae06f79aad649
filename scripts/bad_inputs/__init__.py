"""Sends a server inputs that nobody should send, and judges that every one was answered, honestly, and left nothing behind.

It never tries what would change another person's server: with an address it leaves out the routes that install, load and remove.
"""
