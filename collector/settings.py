"""Scrapy's settings. What a user sets stands in ``collector.toml``; here is how it reaches Scrapy.

``scrapy crawl feeds -a site=NAME`` works in the folder of a corpus, or with ``-s COLLECTOR_CORPUS=FOLDER`` (or the
environment variable of that name).
"""

from typing import Any

from collector.config import Config

BOT_NAME = "news-corpus-collector"
SPIDER_MODULES = ["spiders"]

SCHEDULER = "collector.frontier.LedgerScheduler"
ITEM_PIPELINES = {"collector.pipelines.CollectorPipeline": 100}
# What Scrapy puts in by default is left out as a whole, not piece by piece: naming a piece loads it, and one of them,
# RemoteControl, runs code that is posted to a port of this machine.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}
# The ledger retries, follows redirects and knows what is a duplicate: each hop is a URL of its own there. Bodies are
# archived as they came over the wire and decoded in a cleaning process. So there is nothing of all that here.
DOWNLOADER_MIDDLEWARES = {
    "collector.middlewares.RobotsMiddleware": 100,
    "collector.rights.middleware.RightsMiddleware": 110,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": 700,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
    "collector.pacing.PacingMiddleware": 990,  # the last before a request leaves
}
SPIDER_MIDDLEWARES = {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25}
EXTENSIONS = {
    "collector.progress.Progress": 100,
    "collector.stopping.Stopping": 110,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
}
DOWNLOAD_HANDLERS = dict.fromkeys(("http", "https"), "collector.stopping.LettingGoHandler")
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

#: Accept-Encoding is ours to send, since no middleware undoes the coding.
DEFAULT_REQUEST_HEADERS = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "*;q=0.5"}
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
#: Every host's delay and concurrency is kept by the ledger (`corpus.ledger.Pace`); the downloader adds nothing.
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 64
#: Items of one response that are stored at once: spiders yield one. Scrapy starts so many tasks for each response; its
#: default of 100 costs the reactor a fifth of its time.
CONCURRENT_ITEMS = 1
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_WARNSIZE = 0
#: Bodies that may wait for a cleaning process together, in bytes; above it no new request is sent.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 32_000_000
LOG_FORMATTER = "collector.logs.QuietLogFormatter"
LOG_LEVEL = "WARNING"
LOG_INSTALL_ROOT_HANDLER = True
STATS_DUMP = False
FEED_EXPORT_ENCODING = "utf-8"


def from_config(config: Config) -> dict[str, Any]:
    """Return the Scrapy settings that ``collector.toml`` decides."""
    return {
        "USER_AGENT": config.collector.user_agent,
        "CONCURRENT_REQUESTS": config.fetch.total_concurrency,
        "DOWNLOAD_TIMEOUT": config.fetch.timeout_seconds,
        "DOWNLOAD_MAXSIZE": int(config.fetch.max_body_mb * 1e6),
    }
