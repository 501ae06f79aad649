"""What is kept on the disk: blobs under the digest of their bytes, and results that can be had again, the least used of which make room.

It never knows what the bytes are, and never takes a name from outside for a path.
"""
