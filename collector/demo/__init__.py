"""Our own small news sites on loopback, for `make demo` and for tests: every page is known, and so is its truth.

Three invented outlets with different layouts, some fifty articles in English, Hindi and Odia, and whatever a crawler
meets outside: feeds, sitemaps, robots.txt, twins, loops, walls, traps. Nothing here reads a clock: the same request
gets the same bytes on every day.
"""

from collector.demo.articles import Block, BlockKind, Comment, DemoArticle, OddPage, Picture
from collector.demo.content import OUTLETS, truth
from collector.demo.sites import DemoNewsSites, Outlet, Request

__all__ = [
    "OUTLETS",
    "Block",
    "BlockKind",
    "Comment",
    "DemoArticle",
    "DemoNewsSites",
    "OddPage",
    "Outlet",
    "Picture",
    "Request",
    "truth",
]
