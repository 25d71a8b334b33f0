"""Ping me: somebody is told, once, when a topic they wait for becomes now."""
