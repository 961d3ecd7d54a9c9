"""Personal data in texts that patterns and check digits can tell: finding it, counting it, masking it."""
