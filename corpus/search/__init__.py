"""Full-text search over titles and texts: the index, its queries, lines in context, frequencies."""
