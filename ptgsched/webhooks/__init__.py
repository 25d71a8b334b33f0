"""Telling programs elsewhere of each change: signed, in time, and never in anybody's way."""
