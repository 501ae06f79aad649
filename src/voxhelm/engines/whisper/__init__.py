"""Whisper hears 99 languages, and writes them with punctuation, on CTranslate2.

It never fetches a model, never loads one at import, and never turns silence into words.
"""
