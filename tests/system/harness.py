"""What every system test needs: the real programs, a daemon on a free port, a connection that speaks the protocol.

QUOTH_BIN names the folder with the programs, QUOTH_SOURCE the root of the sources. A test file ends with

    if __name__ == "__main__":
        harness.main()

and runs by itself: python3 -B test_x.py. Nothing here sleeps: a daemon is awaited by its ready line, all else by replies.
"""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from urllib.parse import unquote_to_bytes

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.abspath(os.environ.get("QUOTH_SOURCE") or os.path.join(HERE, "..", ".."))
BIN = os.path.abspath(os.environ.get("QUOTH_BIN") or os.path.join(SOURCE, "build", "dev"))
SANITIZED = bool(os.environ.get("QUOTH_SANITIZE"))
WAIT_S = 60.0 if SANITIZED else 20.0  # for anything that should come at once


def program(name):
    """The path of one of our programs."""
    return os.path.join(BIN, name)


def run(name, *args, check=None, timeout=300, **more):
    """Run one of our programs to its end; check: the exit code that it must have."""
    done = subprocess.run([program(name), *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=more.pop("stdin", subprocess.DEVNULL), timeout=timeout, **more)
    if check is not None and done.returncode != check:
        raise AssertionError(f"{name} {args} ended with {done.returncode}, not {check}\n"
                             f"{done.stdout.decode(errors='replace')}\n{done.stderr.decode(errors='replace')}")
    return done


def build_index(index, *paths, options=()):
    """quoth-index INDEX PATH…, which must succeed."""
    return run("quoth-index", *options, index, *paths, check=0)


class Reply:
    """One reply: ok, n, tag, keys (decoded), code and message of an error, lines (bytes without LF), raw (all bytes)."""

    def __init__(self, status):
        self.raw = status
        self.lines = []
        self.code = self.message = None
        self.n = 0
        words = status.rstrip(b"\n").decode().split(" ")
        self.tag = words.pop(0)[1:] if words[0].startswith("@") else ""
        self.ok = words.pop(0) == "OK"
        if self.ok:
            self.n = int(words.pop(0))
        else:
            self.code = words.pop(0)
        self.keys = {}
        while words and re.match(r"[a-z_]+=", words[0]):
            key, value = words.pop(0).split("=", 1)
            self.keys[key] = unquote_to_bytes(value).decode(errors="surrogateescape")
        if self.ok:
            assert not words, status
        else:
            self.message = " ".join(words)

    def rows(self):
        """Data lines as lists of unescaped columns."""
        return [[unescape(column) for column in line.decode().split("\t")] for line in self.lines]

    def json(self):
        """Data lines as objects."""
        return [json.loads(line) for line in self.lines]

    def __repr__(self):
        return repr(self.raw)


def unescape(column):
    """A column of a TSV data line as text."""
    names = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
    return re.sub(r"\\([tnr\\])", lambda match: names[match.group(1)], column)


class Closed(Exception):
    """The server closed the connection where a reply should have come."""


class Connection:
    """A client: request() for one question, send() and reply() for anything else."""

    def __init__(self, port=None, path=None, greeting=True, timeout=WAIT_S):
        if path is None:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(path)
        self.pending = b""
        self.greeting = self.reply() if greeting else None

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def line(self):
        """One line with its LF; Closed where there is none."""
        while b"\n" not in self.pending:
            data = self.socket.recv(65536)
            if not data:
                raise Closed(self.pending)
            self.pending += data
        line, self.pending = self.pending.split(b"\n", 1)
        return line + b"\n"

    def reply(self):
        reply = Reply(self.line())
        for _ in range(reply.n):
            line = self.line()
            reply.raw += line
            reply.lines.append(line[:-1])
        return reply

    def request(self, line):
        """Send one line (without LF), return its reply."""
        self.send((line if isinstance(line, bytes) else line.encode()) + b"\n")
        return self.reply()

    def rest(self):
        """Everything until the server closes."""
        try:
            while data := self.socket.recv(65536):
                self.pending += data
        except ConnectionResetError:
            pass
        rest, self.pending = self.pending, b""
        return rest

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Daemon:
    """A running quothd. Its log goes to a file: log()."""

    def __init__(self, index, *options, folder, env=None):
        self.end_code = 0  # what stop() demands
        self.log_path = tempfile.mkstemp(prefix="quothd-", suffix=".log", dir=folder)[1]
        command = [program("quothd"), str(index), "--port", "0", *map(str, options)]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                            env={**os.environ, **(env or {})})
        ready = self._line()
        match = re.match(r"quothd ready port=(\d+)(?: socket=(.*))?$", ready)
        if match is None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            raise AssertionError(f"no ready line but {ready!r}; the log says:\n{self.log()}")
        self.port = int(match.group(1))
        self.socket = match.group(2)

    def _line(self):
        if not select.select([self.process.stdout], [], [], WAIT_S)[0]:
            return ""
        return self.process.stdout.readline().decode().rstrip("\n")

    @property
    def pid(self):
        return self.process.pid

    def connect(self, **more):
        return Connection(port=self.port, **more)

    def connect_unix(self, **more):
        return Connection(path=self.socket, **more)

    def request(self, line):
        """One question on a connection of its own."""
        with self.connect() as connection:
            return connection.request(line)

    def stats(self):
        return dict(self.request("STATS").rows())

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait_generation(self, generation):
        """Return once the daemon serves this generation (or a later one)."""
        def is_served():
            with self.connect() as connection:
                return int(connection.greeting.keys["gen"]) >= generation
        wait_until(is_served, f"generation {generation}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Its exit code."""
        code = self.process.wait(WAIT_S)
        self.process.stdout.close()
        return code

    def kill(self):
        """As a power failure would."""
        self.process.kill()
        self.end_code = self.wait()

    def stop(self):
        """End it as init would. It must drain and say 0, and no sanitizer may have spoken."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            code = self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"quothd does not end; its log:\n{self.log()}") from None
        if code != self.end_code or "Sanitizer" in self.log():
            raise AssertionError(f"quothd ended with {code}; its log:\n{self.log()}")


def wait_until(condition, what, timeout=WAIT_S):
    """Ask again and again until it holds: for what nobody announces."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout} s in vain for {what}")
        time.sleep(0.01)


class TestCase(unittest.TestCase):
    """A test with a folder of its own, and daemons that are stopped (and judged) at its end."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="quoth-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content):
        """A file below the test's folder; its path."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def start(self, index, *options, **more):
        """A daemon on a free port."""
        daemon = Daemon(index, *options, folder=self.folder, **more)
        self.addCleanup(daemon.stop)
        return daemon

    def need(self, *names):
        """Skip where one of our programs has not been built."""
        for name in names:
            if not os.access(program(name), os.X_OK):
                self.skipTest(f"{name} is not in {BIN}")


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]], verbosity=2)
