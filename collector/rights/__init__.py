"""What sites say of the use of their pages, in files beside them, and what the configuration does about it."""
