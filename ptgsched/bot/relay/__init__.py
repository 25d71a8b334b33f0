"""The IRC relay: knows IRC and the call of chat lines, and no database."""
