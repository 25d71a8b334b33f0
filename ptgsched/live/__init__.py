"""What is on now: topics, messages of the day, who is where."""
