"""Telling people and programs what happened or is about to: the worker's duties."""
