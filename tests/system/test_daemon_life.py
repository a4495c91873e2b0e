"""The daemon from its start to its end: options, sockets, bounds on peers, signals."""

import os
import select
import signal
import socket
import stat
import struct
import time

import harness


class Life(harness.TestCase):
    def absent(self, *options):
        return self.start(self.path("absent"), *options)

    def refuse(self, code, *arguments):
        """Start with arguments that it must not accept; what it says."""
        done = harness.run("quothd", *arguments, check=code, timeout=harness.WAIT_S)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    # Options

    def test_usage(self):
        self.assertIn("usage", self.refuse(2))
        self.assertIn("usage", self.refuse(2, "a", "b"))
        for option in [["--nonsense"], ["--port", "65536"], ["--port", "-1"], ["--port", "1x"], ["--workers", "0"],
                       ["--workers", "65"], ["--results", "1T"], ["--deadline", "0"], ["--log-level", "loud"], ["--keep-generations", "9"]]:
            self.assertIn("--help", self.refuse(2, self.path("absent"), *option), option)

    def test_help_and_version(self):
        text = harness.run("quothd", "--help", check=0).stdout.decode()
        for option in ("host port socket workers deadline max-connections max-per-address idle line-time stall pipeline "
                       "cache results reply-queue queue queue-wait keep-generations log-level help version").split():
            self.assertIn(f"--{option}", text)
        self.assertEqual(harness.run("quothd", "-h", check=0).stdout.decode(), text)
        self.assertRegex(harness.run("quothd", "--version", check=0).stdout, rb"^quothd \d+\.\d+\.\d+\n$")
        self.assertRegex(harness.run("quothd", "-V", check=0).stdout, rb"^quothd \d+\.\d+\.\d+\n$")

    def test_loopback_only(self):
        for host in ["0.0.0.0", "::", "192.0.2.1"]:
            self.assertIn("loopback", self.refuse(2, self.path("absent"), "--port", "0", "--host", host))
        for host in ["localhost", "127.0.0.2"]:
            self.absent("--host", host)

    def test_port_that_is_taken(self):
        daemon = self.absent()
        self.assertIn(str(daemon.port), self.refuse(1, self.path("absent"), "--port", daemon.port))

    def test_index_that_is_no_index(self):
        self.assertIn("quothd:", self.refuse(1, self.write("file", "not a folder"), "--port", "0"))

    # Unix socket

    def test_unix_socket(self):
        path = self.path("q.sock")
        daemon = self.absent("--socket", path)
        self.assertEqual(daemon.socket, path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with daemon.connect_unix() as c:
            c.send("PING a\nSEARCH storm\n")
            c.half_close()
            self.assertRegex(c.rest(), rb"^OK 1\na\nOK 0 hits=0 [^\n]*\n$")
        self.assertIn("another process", self.refuse(1, self.path("absent"), "--port", "0", "--socket", path))
        with daemon.connect_unix() as c:
            self.assertTrue(c.request("PING").ok)
        daemon.stop()
        self.assertFalse(os.path.exists(path))

    def test_stale_unix_socket_is_replaced(self):
        path = self.path("q.sock")
        daemon = self.absent("--socket", path)
        daemon.kill()
        self.assertTrue(os.path.exists(path))
        with self.absent("--socket", path).connect_unix() as c:
            self.assertTrue(c.request("PING").ok)

    def test_file_in_the_place_of_the_socket(self):
        path = self.write("file", "precious")
        self.assertIn("not a socket", self.refuse(1, self.path("absent"), "--port", "0", "--socket", path))
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")

    # Bounds on peers

    def test_full(self):
        daemon = self.absent("--max-connections", 3)
        open_ones = [daemon.connect() for _ in range(3)]
        with daemon.connect(greeting=False) as c:
            self.assertRegex(c.rest(), rb"^ERR full [^\n]*\n$")
        with open_ones.pop() as c:
            c.request("QUIT")
        harness.wait_until(lambda: self.is_served(daemon), "a free place")
        for c in open_ones:
            self.assertTrue(c.request("PING").ok)
            c.close()

    def test_full_per_address(self):
        daemon = self.absent("--max-per-address", 1, "--socket", self.path("s"))
        with daemon.connect(), daemon.connect_unix():
            for more in [{"port": daemon.port}, {"path": daemon.socket}]:
                with harness.Connection(greeting=False, **more) as c:
                    self.assertRegex(c.rest(), rb"^ERR full [^\n]*\n$")

    def is_served(self, daemon):
        with daemon.connect(greeting=False) as c:
            return c.reply().ok

    def test_idle(self):
        with self.absent("--idle", 1).connect() as c:
            self.assertEqual(c.greeting.keys["idle"], "1")
            self.assertTrue(c.request("PING").ok)
            began = time.monotonic()
            self.assertEqual(c.reply().code, "idle")
            self.assertGreater(time.monotonic() - began, 0.9)
            self.assertEqual(c.rest(), b"")

    def test_line_that_does_not_end(self):
        with self.absent("--line-time", 1).connect() as c:
            c.send("PING a\nPING never")
            self.assertTrue(c.reply().ok)
            refused = c.reply()
            self.assertEqual(refused.code, "idle")
            self.assertIn("with its LF", refused.message)
            self.assertEqual(c.rest(), b"")

    def test_busy(self):
        daemon = self.absent("--workers", 1, "--queue", 1)
        peers = [daemon.connect() for _ in range(8)]
        for c in peers:
            self.addCleanup(c.close)
            c.send("".join(f"@t{i} SEARCH storm\n" for i in range(64)))
        replies = []
        for c in peers:
            of_peer = [c.reply() for _ in range(64)]
            self.assertEqual([reply.tag for reply in of_peer], [f"t{i}" for i in range(64)])
            replies += of_peer
        busy = [reply for reply in replies if reply.code == "busy"]
        self.assertTrue(0 < len(busy) < len(replies), len(busy))
        for reply in busy:
            self.assertGreaterEqual(int(reply.keys["retry_ms"]), 10)
            self.assertIn("try again after retry_ms", reply.message)
        self.assertEqual(daemon.stats()["errors_busy"], str(len(busy)))

    def test_one_connection_does_not_fill_the_queue(self):
        """Two requests a worker are all that it has there, or every other peer would wait for eight of its."""
        daemon = self.absent("--workers", 1, "--queue", 2)
        with daemon.connect() as c:
            c.send("SEARCH storm\n" * 1000)
            self.assertEqual([reply.raw for reply in (c.reply() for _ in range(1000)) if not reply.ok], [])

    def slow_reader(self, daemon, n):
        """A peer with small windows that asks for much and reads nothing."""
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", daemon.port))
        self.addCleanup(s.close)
        request = b"PING " + b"a" * 8000 + b"\n"
        s.setblocking(False)
        sent = 0
        while sent < n * len(request) and select.select([], [s], [], 0.5)[1]:
            try:
                sent += s.send((request * 64)[sent % len(request):][:n * len(request) - sent])
            except BlockingIOError:
                pass
        return s, sent

    def test_slow_reader_is_not_served_on(self):
        daemon = self.absent("--reply-queue", 65536)
        s, sent = self.slow_reader(daemon, 4000)
        self.assertLess(sent, 4000 * 8006, "the daemon took everything and kept the replies")
        with daemon.connect() as other:
            self.assertTrue(other.request("PING").ok)
        self.assertLess(int(daemon.stats()["rss_bytes"]), 1 << 30 if harness.SANITIZED else 1 << 26)
        s.settimeout(harness.WAIT_S)
        s.shutdown(socket.SHUT_WR)
        read = b""
        while data := s.recv(1 << 20):
            read += data
        self.assertEqual(read.count(b"\nOK 1\n"), sent // 8006)

    def test_peer_that_reads_nothing_is_closed(self):
        daemon = self.absent("--reply-queue", 65536, "--stall", 1)
        s, _ = self.slow_reader(daemon, 4000)
        harness.wait_until(lambda: daemon.stats()["connections"] == "1", "the stalled peer's close")
        self.assertIn("stalled", daemon.log())
        s.close()

    def test_reset_connections_leave_nothing(self):
        daemon = self.absent()
        for _ in range(100):
            c = daemon.connect()
            c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            c.send("SEARCH storm\n" * 64)
            c.close()
        harness.wait_until(lambda: daemon.stats()["connections"] == "1", "all connections' end")

    def test_peers_that_went_before_they_were_greeted(self):
        """That is theirs to do, and nothing to warn of."""
        daemon = self.absent()
        daemon.signal(signal.SIGSTOP)
        for _ in range(20):
            s = socket.create_connection(("127.0.0.1", daemon.port))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()
        daemon.signal(signal.SIGCONT)
        harness.wait_until(lambda: daemon.stats()["connections"] == "1", "all connections' end")
        self.assertNotIn("failed", daemon.log())

    def test_no_file_descriptors_left(self):
        daemon = self.absent("--workers", 1)
        with daemon.connect() as first:
            used = len(os.listdir(f"/proc/{daemon.pid}/fd"))
            harness.subprocess.run(["prlimit", "--pid", str(daemon.pid), f"--nofile={used + 2}"], check=True)
            more = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(5)]
            harness.wait_until(lambda: "accept failed" in daemon.log(), "a failed accept")
            self.assertTrue(first.request("PING").ok)
            busy = self.cpu_ticks(daemon)
            time.sleep(0.5)
            self.assertLess(self.cpu_ticks(daemon) - busy, 20, "the listener spins")
            self.assertEqual(daemon.log().count("accept failed"), 1, "said again and again")
            for s in more:
                s.close()
        harness.wait_until(lambda: self.is_served(daemon), "a free descriptor")

    @staticmethod
    def cpu_ticks(daemon):
        with open(f"/proc/{daemon.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    # The end

    def test_signals_end_it_with_0(self):
        for number in [signal.SIGTERM, signal.SIGINT]:
            daemon = self.absent()
            daemon.signal(number)
            self.assertEqual(daemon.wait(), 0)

    def test_drain(self):
        daemon = self.absent()
        idle, busy = daemon.connect(), daemon.connect()
        busy.send("".join(f"@t{i} SEARCH storm\n" for i in range(50)))
        self.assertEqual(busy.reply().tag, "t0")
        daemon.signal(signal.SIGTERM)
        self.assertRegex(idle.rest(), rb"^ERR shutdown [^\n]*connect again[^\n]*\n$")
        lines = busy.rest().decode().splitlines()
        busy.close()
        idle.close()
        self.assertTrue(lines[-1].startswith("ERR shutdown"), lines[-1])
        self.assertEqual([line.split()[0] for line in lines[:-1]], [f"@t{i}" for i in range(1, len(lines))])
        daemon.stop()

    def test_drain_with_as_many_in_flight_as_may_be(self):
        daemon = self.absent("--workers", 1)
        with daemon.connect() as c:
            c.send("".join(f"@t{i} SEARCH storm\n" for i in range(1000)))
            self.assertEqual(c.reply().tag, "t0")
            daemon.signal(signal.SIGTERM)
            lines = c.rest().decode().splitlines()
        if len(lines) < 999:  # else it was faster than the signal
            self.assertTrue(lines[-1].startswith("ERR shutdown"), lines[-1])
            self.assertEqual([line.split()[0] for line in lines[:-1]], [f"@t{i}" for i in range(1, len(lines))])

    def test_drain_is_bounded(self):
        daemon = self.absent("--reply-queue", 65536)
        self.slow_reader(daemon, 4000)
        began = time.monotonic()
        daemon.stop()
        self.assertLess(time.monotonic() - began, 15)


if __name__ == "__main__":
    harness.main()
