"""What is loaded: pure state, a pure planner, leases, and the one loop that acts.

Callers never load or unload; they hold a lease.
"""
