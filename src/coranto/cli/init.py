"""``coranto init``: a site to start from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from coranto.cli import options, sample, say
from coranto.cli.failures import Refused

_IGNORED = ".coranto/"


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", default="", help="The site's name.  [default: the folder's name]")
@click.option("--url", default="https://example.org/", show_default=True, help="Where feeds/ will be published.")
@click.option("--language", default="en", show_default=True, help="The language of the feeds, such as zh-CN.")
@click.option("--timezone", default="UTC", show_default=True, help="The zone of dates without one: Asia/Shanghai.")
@click.option(
    "--config",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The settings to write.  [default: DIR/settings.yaml]",
)
@options.as_json
def init(
    folder: Path | None, title: str, url: str, language: str, timezone: str, file: Path | None, *, as_json: bool
) -> None:
    """Start a site in DIR (here by default): settings.yaml, and posts/ with one sample.

    Nothing is asked and nothing is overwritten.  The site's tag, from which all ids are made, is settled now: the host
    of --url and this year.
    """
    if folder and file:
        raise click.UsageError("give either DIR or --config, not both")
    file = file or (folder or Path()) / "settings.yaml"
    home = file.absolute().parent
    facts = sample.Facts(
        title=say.legible(title or home.name) or "News", url=_with_slash(url), language=language, timezone=timezone
    )
    made = start(file, facts, options.now())
    if as_json:
        say.document({"settings": str(file.absolute()), "created": [str(one.absolute()) for one in made]})
        return
    for one in made:
        say.out(f"wrote {say.shown(one.absolute())}")
    here = "" if home == Path.cwd() else f"cd {say.shown(home)} && "
    say.aside(f"now look through {file.name}, then: {here}coranto build")


def start(file: Path, facts: sample.Facts, now: datetime) -> list[Path]:
    """Write what a site begins with; the files that were made.

    Raises:
        Refused: there are settings already, or a fact is none that settings take.
    """
    if file.exists() or file.is_symlink():
        raise Refused(f"{file}: is there already; nothing was written")
    text = sample.settings(facts, host=_host(facts.url), year=now.year)
    _judge(text.encode(), file)
    home = file.parent
    name, post = sample.post(facts, now)
    files = {
        home / "posts" / name: post,
        home / ".gitignore": f"{_IGNORED}\n",
        file: text,  # last: with it the site is there
    }
    return [path for path, content in files.items() if _write(path, content)]


def _judge(content: bytes, file: Path) -> None:
    """Settings that would not load are not written; what is wrong is said of the option that it came from."""
    from coranto.settings.compile import compile_settings
    from coranto.settings.problems import SettingsError

    try:
        compile_settings(content, file.absolute(), file)
    except SettingsError as error:
        wrong = {problem.key.removeprefix("site."): problem.message for problem in error.problems}
        if "url" in wrong:
            wrong.pop("tag", None)  # it is made from it
        raise Refused("\n".join(f"--{key}: {message}" for key, message in wrong.items())) from error


def _write(path: Path, content: str) -> bool:
    """Write a file that is not there yet; an older .gitignore gets our line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name == ".gitignore" and path.exists():
        before = path.read_text(encoding="utf-8", errors="surrogateescape")
        if _IGNORED in before.split():
            return False
        content = before + ("" if not before or before.endswith("\n") else "\n") + content
        path.write_text(content, encoding="utf-8", errors="surrogateescape")
        return True
    try:
        with path.open("x", encoding="utf-8") as opened:
            opened.write(content)
    except FileExistsError:
        return False
    return True


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else url + "/"


def _host(url: str) -> str:
    """The host of an address as a tag takes it: ASCII, without port."""
    try:
        return (urlsplit(url).hostname or "").encode("idna").decode("ascii")
    except ValueError:  # what is wrong with it is said when the settings are judged
        return "example.org"
