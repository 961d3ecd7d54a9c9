"""Discovery: where a site's articles are, read from its feeds, sitemaps and pages.

Pure: bytes and trees in, `corpus.types.Discovery` out; no network, no clock, no crawler. Reading takes up to a few
seconds for a sitemap of 50,000 URLs, so a caller with an event loop reads elsewhere.
"""
