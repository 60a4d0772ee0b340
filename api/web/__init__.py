"""The pages for people: what each shows, and how it is worded."""
