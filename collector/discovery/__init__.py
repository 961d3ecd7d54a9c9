"""Discovery: where a site's articles are, read from its feeds, sitemaps and pages.

Pure: bytes and trees in, `corpus.types.Discovery` out; no network, no clock, no crawler. Reading takes up to a few
seconds for a sitemap of 50,000 URLs, so a caller with an event loop reads elsewhere.
"""

from collector.discovery.feeds import read_feed
from collector.discovery.links import read_links
from collector.discovery.parts import next_part, page_parts
from collector.discovery.rules import LinkRules
from collector.discovery.shapes import Shape, shape_of
from collector.discovery.site import SiteDescription, describe_site
from collector.discovery.sitemaps import read_sitemap
from collector.discovery.traps import TrapLimits, combination_key, trap

__all__ = [
    "LinkRules",
    "Shape",
    "SiteDescription",
    "TrapLimits",
    "combination_key",
    "describe_site",
    "next_part",
    "page_parts",
    "read_feed",
    "read_links",
    "read_sitemap",
    "shape_of",
    "trap",
]
