"""The chat language: one grammar and one dispatch for every door that takes chat lines."""
