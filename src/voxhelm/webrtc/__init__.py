"""Calls from browsers: one peer connection per call, over aiortc, made to survive Wi-Fi.

It knows sound, packets and text messages; it never knows what a conversation is.
"""
