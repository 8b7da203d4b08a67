"""Look at a built site: dead links, and what a browser would load from elsewhere."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "image": "href",
    "img": "src",
    "input": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "track": "src",
    "use": "href",
    "video": "src",
}
FOLLOWED = {"alternate", "author", "canonical", "license", "next", "prev"}
"""Relations of a `link` that a browser does not load by itself."""
OF_CSS = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")
NOT_FETCHED = ("data:", "javascript:", "blob:", "about:")


@dataclass
class Read(HTMLParser):
    """What one page links to, loads and can be linked to."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    _in_style: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in what an element names."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        self._in_style = tag == "style"
        self.loads += css_loads(given.get("style", ""))
        self.loads += [one.split()[0] for one in given.get("srcset", "").split(",") if one.strip()]
        relations = set(given.get("rel", "").lower().split())
        if tag in {"a", "area"} or (tag == "link" and relations and relations <= FOLLOWED):
            self.links += [given["href"]] if "href" in given else []
        elif tag in LOADS and given.get(LOADS[tag]):
            self.loads.append(given[LOADS[tag]])

    def handle_data(self, data: str) -> None:
        """Take in what a style sheet in the page loads."""
        if self._in_style:
            self.loads += css_loads(data)

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet."""
        self._in_style = self._in_style and tag != "style"


def css_loads(text: str) -> Iterator[str]:
    """Yield what a style sheet loads."""
    return (url or imported for url, imported in OF_CSS.findall(text))


def faults_of(site: Path) -> Iterator[str]:
    """Yield a sentence for each dead link and for each thing that is loaded from elsewhere."""
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.suffix == ".html":
            page = read(path)
            yield from (f"{name} loads {url} from elsewhere." for url in map_out(page.loads))
            for url in (*page.links, *page.loads):
                if not is_elsewhere(url) and not _leads(site, path, url):
                    yield f"{name} links to {url}, and that leads nowhere."
        elif path.suffix == ".css":
            for url in css_loads(path.read_text(encoding="utf-8")):
                if is_elsewhere(url):
                    yield f"{name} loads {url} from elsewhere."


def elsewhere(site: Path) -> Mapping[str, int]:
    """Count the links that lead out of the site; nobody follows them."""
    found: dict[str, int] = {}
    for path in sorted(site.rglob("*.html")):
        for url in read(path).links:
            if is_elsewhere(url):
                found[url] = found.get(url, 0) + 1
    return found


def map_out(urls: list[str]) -> Iterator[str]:
    """Keep those that lead out of the site."""
    return (url for url in urls if is_elsewhere(url))


def is_elsewhere(url: str) -> bool:
    """Whether a URL leaves the site."""
    if url.startswith(NOT_FETCHED):
        return False
    parts = urlsplit(url)
    return bool(parts.scheme or parts.netloc)


@cache
def read(path: Path) -> Read:
    """Read a page."""
    page = Read()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _leads(site: Path, page: Path, url: str) -> bool:
    """Whether a link leads to a file of the site and to an anchor in it, from disk too."""
    if url.startswith(NOT_FETCHED):
        return True
    parts = urlsplit(url)
    path = unquote(parts.path)
    target = page if not path else (site / path[1:] if path[0] == "/" else page.parent / path)
    target = target.resolve()
    if not target.is_file() or not target.is_relative_to(site.resolve()):
        return page.name == "404.html" and target.is_dir()
    anchor = unquote(parts.fragment)
    is_named = target.suffix == ".html" and anchor and not anchor.startswith(("/", "__"))
    return not is_named or anchor in read(target).anchors
