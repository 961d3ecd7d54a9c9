"""Cleaners turn a fetched page into an article or a removal; pure functions that know no crawler."""
