"""What counts as one host (P19)."""

import subprocess
import sys

import pytest

from coranto.client.hosts import registrable


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("paper.example", "paper.example"), ("rss.news.paper.example", "paper.example"), ("www.paper.com.cn", "paper.com.cn"),
        ("a.b.co.uk", "b.co.uk"), ("xn--fsqu00a.cn", "xn--fsqu00a.cn"), ("a.xn--fsqu00a.xn--fiqs8s", "xn--fsqu00a.xn--fiqs8s"),
        ("one.github.io", "one.github.io"), ("github.io", "github.io"), ("com", "com"), ("localhost", "localhost"),
        ("nas", "nas"), ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"), ("a.paper.example.", "paper.example"),
        ("a..b", "a..b"), ("", ""),
    ],
)  # fmt: skip
def test_the_registrable_domain_of_a_host(host, domain):
    assert registrable(host) == domain


def test_the_list_of_suffixes_is_loaded_with_the_first_question_only():
    code = (
        "import sys; from coranto.client import Client, Pace; from coranto.settings.values import Fetch\n"
        "import coranto.readers.upstream\n"
        "pace = Pace.of(Fetch(private=('127.0.0.1',))); pace.host('http://127.0.0.1/'); pace.keep()\n"
        "Client(Fetch(), '1').close(); before = 'publicsuffixlist' in sys.modules\n"
        "pace.host('https://a.example/'); sys.exit(before or 'publicsuffixlist' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
