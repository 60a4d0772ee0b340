"""What exists: records, their errors and their terms. Imports nothing else of the project."""
