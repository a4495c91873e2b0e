"""The daemon reads lines: framing, bounds, order, bad bytes. No index is needed for that."""

import harness

LINE_MAX = 8192
LINE_CLOSE = 65536


class Lines(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = harness.tempfile.mkdtemp(prefix="quoth-test-")
        cls.addClassCleanup(harness.shutil.rmtree, cls.home, ignore_errors=True)
        cls.daemon = harness.Daemon(cls.home + "/absent", folder=cls.home)
        cls.addClassCleanup(cls.daemon.stop)

    def connect(self):
        connection = self.daemon.connect()
        self.addCleanup(connection.close)
        return connection

    def test_greeting(self):
        greeting = self.connect().greeting
        self.assertTrue(greeting.ok)
        self.assertEqual(greeting.n, 0)
        self.assertRegex(greeting.keys.pop("server"), r"^quothd/\d")
        self.assertEqual(greeting.keys, {"proto": "1", "line": "8192", "pipeline": "64", "idle": "300", "gen": "0"})

    def test_hello_is_the_greeting_again(self):
        c = self.connect()
        self.assertEqual(c.request("HELLO proto=1").raw, c.greeting.raw)
        refused = c.request("HELLO proto=2")
        self.assertEqual(refused.code, "option")
        self.assertTrue(c.request("PING still here").ok)

    def test_ping_gives_the_text_back(self):
        c = self.connect()
        for text in ["", "storm", "a  b ", "a\tb", "back\\slash", "Größe 漢字", "n=3"]:
            reply = c.request("PING -- " + text)
            self.assertEqual(reply.rows(), [[text]])

    def test_pipelining_keeps_the_order(self):
        c = self.connect()
        n = 1000
        c.send("".join(f"@t{i} {'SEARCH storm' if i % 3 else 'PING x'}\n" for i in range(n)))
        for i in range(n):
            reply = c.reply()
            self.assertEqual((reply.tag, reply.ok), (f"t{i}", True))

    def test_tags(self):
        c = self.connect()
        for tag in ["a", "A-z_0.9", "t" * 32]:
            self.assertEqual(c.request(f"@{tag} PING").tag, tag)
            self.assertEqual(c.request(f"@{tag} NONSENSE").tag, tag)
        for tag in ["", "t" * 33, "a/b", "ä"]:
            reply = c.request(f"@{tag} PING")
            self.assertEqual((reply.code, reply.tag), ("option", ""))

    def test_byte_by_byte(self):
        c = self.connect()
        for byte in b"@a PING storm surge\r\n@b PING 2\n":
            c.send(bytes([byte]))
        self.assertEqual(c.reply().raw, b"@a OK 1\nstorm surge\n")
        self.assertEqual(c.reply().raw, b"@b OK 1\n2\n")

    def test_more_lines_than_are_taken_at_once(self):
        """Replies that come back together make room for lines that were read long ago."""
        for options in (("--pipeline", 1), ("--pipeline", 3), ("--reply-queue", 1024), ()):
            daemon = self.start(self.path("absent"), "--workers", 3, *options)
            connections = [daemon.connect() for _ in range(4)]
            for c in connections:
                c.send("".join(f"@t{i} {'PING' if i % 7 == 3 else 'SEARCH'} storm\n" for i in range(700)))
            for c in connections:
                self.assertEqual([c.reply().tag for _ in range(700)], [f"t{i}" for i in range(700)], options)

    def test_requests_held_back_go_on_without_another_line(self):
        """Replies in front of them were too many; when those have left nothing else happens that could remind of them."""
        for queue in (1024, 4096, 16384):
            daemon = self.start(self.path("absent"), "--workers", 2, "--reply-queue", queue)
            for end in ("", "QUIT\n"):
                with daemon.connect() as c:
                    c.send("".join(f"@t{i} {'SEARCH storm' if i % 3 else 'STATS'}\n" for i in range(64)) + end)
                    self.assertEqual([c.reply().tag for _ in range(64)], [f"t{i}" for i in range(64)], queue)

    def test_half_close_gets_every_reply(self):
        c = self.connect()
        c.send("".join(f"@t{i} SEARCH storm\n" for i in range(200)) + "PING unfinished")
        c.half_close()
        lines = c.rest().decode().splitlines()
        self.assertEqual([line.split()[0] for line in lines], [f"@t{i}" for i in range(200)])

    def test_quit(self):
        c = self.connect()
        c.send("PING a\nQUIT\nPING b\n")
        self.assertEqual(c.rest(), b"OK 1\na\nOK 0\n")

    def test_line_at_its_limit(self):
        c = self.connect()
        for length in [LINE_MAX - 1, LINE_MAX]:
            text = "a" * (length - len("PING "))
            self.assertEqual(c.request("PING " + text).rows(), [[text]])
        for length in [LINE_MAX + 1, LINE_CLOSE - 1, LINE_CLOSE]:
            reply = c.request("@t PING " + "a" * (length - len("@t PING ")))
            self.assertEqual((reply.code, reply.tag), ("line", "t"), length)
            self.assertTrue(c.request("PING").ok)

    def test_line_without_end_closes(self):
        c = self.connect()
        c.send(b"@t PING " + b"a" * LINE_CLOSE)
        refused = c.reply()
        self.assertEqual((refused.code, refused.tag), ("line", "t"))
        self.assertIn("end each request with LF", refused.message)
        self.assertEqual(c.rest(), b"")

    def test_long_line_of_another_megabyte_closes(self):
        c = self.connect()
        try:
            c.send(b"a" * 1000000 + b"\nPING\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = c.rest()
        self.assertRegex(answer, rb"^ERR line [^\n]*\n$")

    def test_bad_bytes(self):
        c = self.connect()
        for text in [b"\0", b"a\x01", b"\x7f", b"\xff", b"\xc3", b"\xed\xa0\x80", b"a\rb"]:
            reply = c.request(b"@t PING " + text)
            self.assertEqual((reply.code, reply.tag), ("bytes", "t"), text)
        self.assertTrue(c.request("PING").ok)

    def test_http_is_never_served(self):
        for start in [b"GET / HTTP/1.1\r\n", b"POST /SEARCH HTTP/1.0\n", b"SEARCH a HTTP/1.1\n",
                      b"POST /" + b"a" * 10000 + b" HTTP/1.1\r\n"]:
            c = self.connect()
            c.send(start + b"Host: localhost\r\n\r\nPING secret\n")
            self.assertRegex(c.rest(), rb"^ERR http [^\n]*\n$", start[:20])

    def test_tls_is_refused_at_its_first_byte(self):
        c = self.connect()
        c.send(b"\x16")
        self.assertRegex(c.rest(), rb"^ERR http [^\n]*\n$")

    def test_errors_do_not_close(self):
        c = self.connect()
        for line, code in [("", "verb"), ("FIND storm", "verb"), ("WATCH sto", "verb"), ("SEARCH n=0 a", "option"),
                           ("SEARCH sort=size a", "option"), ("SEARCH gen=99 a", "gen"), ("GET nothing", "none"),
                           ('SEARCH "open', "query"), ("EXPLAIN a", "option"), ("HELP FIND", "verb"), ("GET #1", "option")]:
            self.assertEqual(c.request(line).code, code, line)
        self.assertTrue(c.request("PING").ok)
        self.assertIn(b'unknown verb "FIND"', c.request("HELP FIND").raw)
        self.assertIn(("é" * 16 + '"').encode(), c.request("HELP " + "é" * 40).raw)

    def test_help_tells_every_verb_and_option(self):
        c = self.connect()
        verbs = [row[0] for row in c.request("HELP").rows()]
        self.assertEqual(verbs, "HELLO PING HELP SEARCH COUNT GET EXPLAIN SIMILAR SUGGEST SPELL WHYNOT STATS QUIT".split())
        options = [row[0] for row in c.request("HELP search").rows()]
        self.assertEqual(sorted(options), sorted("n from per show width mode deadline gen total out sort facet lang rank expand spell".split()))
        for verb in verbs:
            rows = c.request(f"HELP out=json {verb}").json()
            self.assertTrue(all(set(row) == {"name", "syntax", "what"} for row in rows))

    def test_stats(self):
        c = self.connect()
        c.request("SEARCH storm")
        rows = dict(c.request("STATS").rows())
        self.assertEqual(rows["generation"], "0")
        self.assertGreater(int(rows["requests_search"]), 0)
        self.assertGreater(int(rows["rss_bytes"]), 1 << 20)
        self.assertGreaterEqual(int(rows["latency_p99_us"]), int(rows["latency_p50_us"]))
        names = [row["name"] for row in c.request("STATS out=json").json()]
        self.assertEqual(names, list(rows))
        for line in c.request("STATS out=prometheus").lines:
            self.assertRegex(line, rb'^quoth_[a-z0-9_]+(\{[a-z]+="[^"]*"\})? \d+$')

    def test_many_connections_at_once(self):
        connections = [self.connect() for _ in range(200)]
        for i, c in enumerate(connections):
            c.send(f"@c{i} SEARCH storm\n")
        for i, c in enumerate(connections):
            self.assertEqual(c.reply().tag, f"c{i}")

    def test_connection_that_goes_away_in_mid_work(self):
        for _ in range(50):
            with self.daemon.connect() as c:
                c.send("SEARCH storm\n" * 100)
        self.assertTrue(self.connect().request("PING").ok)


if __name__ == "__main__":
    harness.main()
