"""sd_notify(3) over a real socket."""

import os
import socket

import pytest

from coranto.daemon.notify import Notifier


@pytest.fixture
def manager(tmp_path):
    """A service manager's socket, and what it heard."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        yield heard, {"NOTIFY_SOCKET": str(tmp_path / "notify")}


def told(heard):
    messages = []
    while True:
        try:
            messages.append(heard.recv(4096).decode())
        except BlockingIOError:
            return messages


def test_ready_status_and_stopping_are_told(manager):
    heard, environ = manager
    notifier = Notifier(environ, lambda: 0.0)
    notifier.ready()
    notifier.status("posts: 1 of 2")
    notifier.stopping()
    assert told(heard) == ["READY=1", "STATUS=posts: 1 of 2", "STOPPING=1"]


def test_the_watchdog_hears_us_thrice_as_often_as_it_asks_for(manager):
    heard, environ = manager
    now = [0.0]
    notifier = Notifier(environ | {"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, lambda: now[0])
    for second in range(61):
        now[0] = float(second)
        notifier.alive()
    assert told(heard) == ["WATCHDOG=1"] * 4


def test_another_process_s_watchdog_is_left_alone(manager):
    heard, environ = manager
    notifier = Notifier(environ | {"WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}, lambda: 1.0)
    notifier.alive()
    assert told(heard) == []


def test_an_abstract_socket_is_reached():
    name = f"\0coranto-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(name)
        heard.setblocking(False)
        Notifier({"NOTIFY_SOCKET": "@" + name[1:]}, lambda: 0.0).ready()
        assert told(heard) == ["READY=1"]


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "soon"}])
def test_without_a_manager_nothing_happens(environ):
    notifier = Notifier(environ, lambda: 0.0)
    notifier.ready()
    notifier.alive()
