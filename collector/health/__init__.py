"""The health of sites: alarms that calibrate themselves by each site's own history (docs/health.md)."""
