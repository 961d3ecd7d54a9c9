"""The corpus: one folder that holds the archive, the database and the exports."""
