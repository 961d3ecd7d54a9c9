"""Signals of a text's quality: the well-known ones, computed once and stored, to filter by and to export."""
