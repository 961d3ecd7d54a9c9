"""Scrapy spiders: they choose the next URL and hand over a page, nothing more."""
