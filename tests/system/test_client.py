"""The client: against servers that lie, and, where the programs are built, against the real ones."""

import json
import os
import pty
import re
import select
import socket
import subprocess
import threading
import unittest

import harness

GREETING = b"OK 0 server=quothd/9 proto=1 line=8192 pipeline=64 idle=300 gen=1\n"
HIT = b"1\t2.500000\ta.md#1\t0+9\t4+5\t2024-03-27\tA title\tthe storm.\tA. Author\t\ten\t\t0\tmarkdown\ta.md\n"
ARTICLES = {
    "floods.md": "---\ntitle: The great flood\nauthor: Anna Vos\ndate: 1953-02-01\n---\n\n"
                 "The storm surge broke the dikes in the night.\n\nBy morning the polders were a sea.\n",
    "bees.txt": "The dance of bees\n\nBy Karl Bauer\n\n12 March 1946\n\nA bee tells the others where the flowers are, "
                "and they fly there at once.\n",
    "space in name.txt": "Lights\n\nA lens of glass rings carries the light of a lamp far over the sea in the night.\n",
}


class FakeServer:
    """Answers one connection with given bytes: the greeting at once, the reply after a line has come."""

    def __init__(self, reply, greeting=GREETING, close=True):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.request = b""
        self.reply, self.greeting, self.close = reply, greeting, close
        self.is_done = threading.Event()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self):
        peer, _ = self.listener.accept()
        with peer:
            try:
                peer.sendall(self.greeting)
                while self.reply is not None and not self.request.endswith(b"\n"):
                    data = peer.recv(65536)
                    if not data:
                        return
                    self.request += data
                for part in self.reply or []:
                    peer.sendall(part)
                if not self.close:
                    self.is_done.wait(harness.WAIT_S)
            except OSError:
                pass  # the client has seen enough

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_done.set()
        self.listener.close()
        self.thread.join()


def clean_environment(**more):
    drop = ("QUOTH_SERVER", "NO_COLOR", "COLUMNS", "LANG", "LC_ALL")
    return {**{name: value for name, value in os.environ.items() if name not in drop}, **more}


def quoth(*args, **more):
    return harness.run("quoth", *args, env=clean_environment(**more))


def quoth_on_terminal(*args, columns=60, **more):
    """Run quoth with a terminal as its output; code, output."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([harness.program("quoth"), *args], stdin=subprocess.DEVNULL, stdout=follower,
                               stderr=subprocess.PIPE, env=clean_environment(COLUMNS=str(columns), TERM="xterm", **more))
    os.close(follower)
    output = b""
    while select.select([leader], [], [], harness.WAIT_S)[0]:
        try:
            data = os.read(leader, 65536)
        except OSError:  # Linux: the other side is closed
            break
        if not data:
            break
        output += data
    os.close(leader)
    process.stderr.close()
    return process.wait(harness.WAIT_S), output.replace(b"\r\n", b"\n")


class FakeServerTest(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth")

    def ask(self, reply, *args, greeting=GREETING, close=True, **more):
        """The client's outcome against a server that says this."""
        parts = reply if isinstance(reply, list) or reply is None else [reply]
        with FakeServer(parts, greeting, close) as server:
            done = quoth("--port", server.port, *(args or ("storm",)), **more)
            self.last_request = server.request
            return done

    def test_hit__on_a_pipe_is_plain(self):
        done = self.ask(b"OK 1 hits=1 found=1 bound=exact gen=1 us=77\n" + HIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.decode(), " 1  A title\n    A. Author · 2024-03-27\n    a.md#1 · bytes 0+9 · score 2.50\n"
                                               "    the storm.\n\n    passage 1 of 1\n")
        self.assertEqual(self.last_request, b"SEARCH -- storm\n")

    def test_hit__in_colour_when_asked(self):
        done = self.ask(b"OK 1 hits=1\n" + HIT, "--color", "always", "storm")
        self.assertIn(b"the \033[1;31mstorm\033[0m.", done.stdout)

    def test_hit__on_a_terminal(self):
        for environment, is_coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            with FakeServer([b"OK 1 hits=1\n" + HIT]) as server:
                code, output = quoth_on_terminal("--port", str(server.port), "storm", **environment)
            self.assertEqual(code, 0)
            self.assertEqual(b"\033[1;31mstorm\033[0m" in output, is_coloured, output)

    def test_raw_lines__harmless_on_a_terminal_only(self):
        line = b"1\t\033]0;title\007\t\xc2\x9b2J\n"
        self.assertEqual(self.ask(b"OK 1 hits=1\n" + line, "--tsv", "storm").stdout, line)
        with FakeServer([b"OK 1 hits=1\n" + line]) as server:
            _, output = quoth_on_terminal("--port", str(server.port), "--tsv", "storm")
        self.assertNotIn(b"\033", output)
        self.assertNotIn(b"\xc2\x9b", output)
        self.assertIn(b"\\x1b]0;title\\x07", output)

    def test_exit_codes__as_grep(self):
        for reply, code in ((b"OK 1 hits=1\n" + HIT, 0), (b"OK 0 hits=0 found=0 bound=exact gen=1\n", 1),
                            (b"ERR none no such passage\n", 1), (b"ERR busy retry_ms=100 too much to do\n", 2),
                            (b"ERR query at=0 quote opened here is not closed\n", 2)):
            self.assertEqual(self.ask(reply).returncode, code, reply)
        self.assertEqual(self.ask(b"OK 0 passages=0 articles=0\n", "--count", "x").returncode, 1)
        done = self.ask(b"OK 0 passages=1234 articles=5\n", "--count", "x")
        self.assertEqual((done.returncode, done.stdout), (0, b"1,234 passages in 5 articles\n"))
        self.assertEqual(self.ask(b"OK 0 passages=7 articles=5\n", "--count", "--json", "x").stdout,
                         b'{"passages":7,"articles":5}\n')

    def test_nothing_found__says_why(self):
        nothing = b"OK 0 hits=0 found=0 bound=exact gen=1\n"
        for reply, args, said in (
                (nothing, ["zeppelin"], b"quoth: no passage matches\n"),
                (nothing, ["!!!"], b"quoth: no words in the query\n"),
                (b"OK 0 hits=0 found=25 bound=exact gen=1\n", ["--from", "30", "x"], b"quoth: only 25 passages\n"),
                (b"OK 0 hits=0 found=0 bound=exact gen=0\n", ["x"], b"quoth: the index is empty\n"),
                (nothing, ["--json", "x"], b""), (nothing, ["--tsv", "x"], b""),
                (b"OK 1 reranked=no matches=no gen=1\nsum\t\t\t\t\t\t\t\t0\n", ["--explain", "a#1", "x"],
                 b"quoth: the query does not match a#1\n")):
            done = self.ask(reply, *args)
            self.assertEqual((done.returncode, done.stderr), (1, said), args)

    def test_messages__name_options_not_the_protocol(self):
        done = self.ask(b"ERR query at=1 '~' is not here; quote it or use mode=plain\n", "a~")
        self.assertEqual(done.stderr, b"quoth: '~' is not here; quote it or use --plain\n  a~\n   ^\n")

    def test_lines__whole_on_a_pipe(self):
        row = b"1\t2.5\ta.md#1\t0+999\t\t\tA title\t" + b"word " * 100 + b"end.\t\t\t\t\t0\tmarkdown\ta.md\n"
        self.assertIn(b"word " * 100, self.ask(b"OK 1 hits=1\n" + row).stdout)
        narrow = self.ask(b"OK 1 hits=1\n" + row, COLUMNS="40").stdout
        self.assertLessEqual(max(len(line) for line in narrow.decode().split("\n")), 40)

    def test_query_error__points_at_the_byte(self):
        done = self.ask(b"ERR query at=6 quote opened here is not closed\n", 'caf\u00e9 "open')
        self.assertEqual(done.stderr.decode(),
                         'quoth: quote opened here is not closed\n  caf\u00e9 "open\n       ^\n')

    def test_lying_servers__are_trouble(self):
        cases = {
            "no reply": (b"", GREETING),
            "cut in the status line": (b"OK 1 hi", GREETING),
            "cut in the data": (b"OK 2 hits=2\n" + HIT, GREETING),
            "a huge count": (b"OK 999999999999999999999 hits=1\n" + HIT, GREETING),
            "a count that lies": (b"OK 900000000 hits=1\n" + HIT, GREETING),
            "not a count": (b"OK x\n", GREETING),
            "binary": (bytes(range(256)) * 10 + b"\n", GREETING),
            "an endless status line": ([b"OK 0 a=" + b"x" * 70000], GREETING),
            "http": (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            "ssh": (b"", b"SSH-2.0-\033[31mOpenSSH\r\n"),
            "an endless greeting": (b"", b"OK 0 " + b"x" * 70000),
            "another protocol": (b"", b"OK 0 server=quothd/9 proto=2\n"),
            "full": (b"", b"ERR full too many connections\n"),
            "a greeting with lines": (b"", b"OK 3 proto=1\n"),
        }
        for name, (reply, greeting) in cases.items():
            with self.subTest(name):
                done = self.ask(reply, greeting=greeting)
                self.assertEqual(done.returncode, 2)
                self.assertTrue(done.stderr.startswith(b"quoth: "), done.stderr)
                self.assertNotIn(b"\033", done.stderr)
                self.assertEqual(done.stdout, b"")

    def test_slow_server__times_out(self):
        for reply, greeting in (([b"OK 1 hits=1\n"], GREETING), (None, b"OK 0 ser")):
            done = self.ask(reply, "--timeout", "1", "storm", greeting=greeting, close=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"did not answer in time", done.stderr)

    def test_reply__in_single_bytes(self):
        whole = b"OK 1 hits=1\n" + HIT
        done = self.ask([whole[i:i + 1] for i in range(len(whole))])
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_daemon__says_how_to_start_one(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        for args in (("--port", port), ("--socket", self.path("none.sock"))):
            done = quoth(*args, "storm")
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"start one with: quothd INDEX", done.stderr)

    def test_quoth_server__is_read(self):
        with FakeServer([b"OK 1 hits=1\n" + HIT]) as server:
            self.assertEqual(quoth("storm", QUOTH_SERVER=f"127.0.0.1:{server.port}").returncode, 0)
        done = quoth("storm", QUOTH_SERVER="host:port")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"QUOTH_SERVER", done.stderr)

    def test_long_query__is_refused_here(self):
        done = quoth("--port", "1", "q" * 9000)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"too long", done.stderr)

    def test_full_disk__is_trouble(self):
        with FakeServer([b"OK 1 hits=1\n" + HIT]) as server, open("/dev/full", "wb") as full:
            process = subprocess.run([harness.program("quoth"), "--port", str(server.port), "storm"], stdout=full,
                                     stderr=subprocess.PIPE, env=clean_environment(), timeout=harness.WAIT_S)
        self.assertEqual(process.returncode, 2)

    def test_help_and_version(self):
        done = quoth("--help")
        self.assertEqual(done.returncode, 0)
        for option in (b"--json", b"--tsv", b"--index", b"--per-article", b"--socket"):
            self.assertIn(option, done.stdout)
        self.assertRegex(quoth("--version").stdout, rb"^quoth \d+\.\d+\.\d+\n$")


class RealServerTest(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth", "quothd", "quoth-index")
        for name, text in ARTICLES.items():
            self.write("articles/" + name, text)
        self.index = self.path("index")
        harness.build_index(self.index, self.path("articles"))

    def both_ways(self, daemon, *args):
        """The same question to the daemon and to the index: what the daemon's way gave, which must be what both gave."""
        over_tcp = quoth("--port", daemon.port, *args)
        over_unix = quoth("--socket", daemon.socket, *args)
        in_process = quoth("--index", self.index, *args)
        for other in (over_unix, in_process):
            self.assertEqual((other.returncode, other.stdout, other.stderr),
                             (over_tcp.returncode, over_tcp.stdout, over_tcp.stderr), args)
        return over_tcp

    def test_every_way__prints_the_same_bytes(self):
        daemon = self.start(self.index, "--socket", self.path("quothd.sock"))
        cases = [
            (["storm surge"], 0), (["--json", "storm"], 0), (["--tsv", "the", "sea"], 0), (["-n", "1", "sea"], 0),
            (["--show", "passage", "night"], 0), (["--show", "none", "night"], 0), (["--color", "always", "bee"], 0),
            (["--count", "night"], 0), (["--count", "zeppelin"], 1), (["zeppelin"], 1), (["--plain", '"open'], 1),
            (['"open'], 2), (["--get", "floods.md"], 0), (["--get", "floods.md#1"], 0), (["--get", "nothing.md"], 1),
            (["--get", "space in name.txt#1"], 0), (["--get", "space%20in%20name.txt#1"], 0),
            (["--explain", "floods.md#1", "storm surge"], 0),
            (["--explain", "floods.md#1", "zeppelin"], 1), (["--explain", "floods.md", "x"], 2), (["date:1953"], 0), (["--from", "1", "night"], 0),
            (["--per-article", "1", "night"], 0), (["--width", "20", "flowers"], 0), (["-n", "1", "--", "-n", "+sea"], 0),
        ]
        for args, code in cases:
            with self.subTest(args):
                done = self.both_ways(daemon, *args)
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)

    def test_hit__shows_who_when_and_where(self):
        text = quoth("--index", self.index, "storm surge").stdout.decode()
        first = text.split("\n\n")[0]
        for part in ("The great flood", "Anna Vos", "1953-02-01", "floods.md#1", "storm surge broke"):
            self.assertIn(part, first)

    def test_where__is_a_byte_range_of_the_file(self):
        hit = json.loads(quoth("--index", self.index, "--json", "--show", "passage", "-n", "1", "storm surge").stdout)
        start, length = hit["at"]
        with open(self.path("articles", "floods.md"), "rb") as file:
            file.seek(start)
            self.assertIn(b"storm surge broke the dikes", file.read(length))
        for start, length in hit["spans"]:
            self.assertRegex(hit["text"].encode()[start:start + length].lower(), rb"^(storm|surge)$")

    def test_wrapped__to_the_terminal(self):
        for columns in (30, 60):
            done = quoth("--index", self.index, "--show", "passage", "bee", COLUMNS=str(columns))
            for line in done.stdout.decode().split("\n"):
                if "bees.txt#1" not in line:  # to be copied, so never cut
                    self.assertLessEqual(len(line), columns)

    def test_stats__of_a_daemon_only(self):
        daemon = self.start(self.index)
        done = quoth("--port", daemon.port, "--stats")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(re.search(rb"^\w+ +\d+$", done.stdout, re.M), done.stdout)
        self.assertEqual(quoth("--index", self.index, "--stats").returncode, 2)

    def test_no_index__says_what_to_do(self):
        done = quoth("--index", self.path("nowhere"), "storm")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"nowhere: no index here (make one: quoth-index ", done.stderr)
        os.makedirs(self.path("folder"))
        self.assertIn(b"no index here", quoth("--index", self.path("folder"), "storm").stderr)
        os.makedirs(self.path("folder", "segments"))  # begun, and nothing published yet
        done = quoth("--index", self.path("folder"), "storm")
        self.assertEqual((done.returncode, done.stderr), (1, b"quoth: the index is empty\n"))

    def test_get__takes_names_as_they_are(self):
        self.write("articles/c#2.txt", "Hash\n\nA name with a hash.\n")
        harness.build_index(self.index, self.path("articles"))
        for name in ("c#2.txt", "c%232.txt", "c#2.txt#1", "space in name.txt", "space%20in%20name.txt"):
            self.assertEqual(quoth("--index", self.index, "--get", name).returncode, 0, name)


if __name__ == "__main__":
    harness.main()
