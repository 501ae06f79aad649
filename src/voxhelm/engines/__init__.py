"""Plugins: each folder wraps one model runtime behind the protocols of `domain`.

An engine never knows that it is hosted, never knows another engine, and imports its runtime only when a model is loaded.
"""
