"""A spoken conversation, as OpenAI's Realtime API has it: turns, items, replies, and what of them was heard.

The session is a pure state machine (`session.py`): messages in, effects out, time as an argument. `conductor.py` carries the effects out.
It never opens a socket and never knows by which way its events travel: faces do (`api/`, `webrtc/`).
"""
