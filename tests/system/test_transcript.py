"""docs/PROTOCOL.md and docs/QUERIES.md under test: their transcripts are replayed against the daemon over corpus/, the
example clients run.

A transcript is a fenced block whose lines begin with "S: " (what the server says) and "C: " (what the client sends); one
block is one connection. Everything must be as written, byte for byte, but: a "⇥" stands for a TAB; us= and gen= in a status
line match any number; "S: …" stands for the data lines of the reply that are not written out.

    python3 -B test_transcript.py --update

writes what the daemon says today into the documents, keeping the "…".
"""

import os
import re
import subprocess
import sys

import harness

DOCUMENTS = [os.path.join(harness.SOURCE, "docs", name) for name in ("PROTOCOL.md", "QUERIES.md")]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(document, language):
    """(start offset, text) of each fenced block of a language; "" are the transcripts."""
    with open(document, encoding="utf-8") as file:
        text = file.read()
    for match in FENCE.finditer(text):
        if match.group(1) == language and (language or match.group(2).startswith(("S: ", "C: "))):
            yield match.start(2), match.group(2)


def loose(line):
    """A status line without the numbers that differ from run to run."""
    if re.match(r"(@\S+ )?OK ", line):
        line = re.sub(r"\b(us|gen)=\d+", r"\1=N", line)
    return line


def shown(line):
    return line.rstrip(b"\n").decode().replace("\t", "⇥")


def replay(daemon, transcript):
    """Yield (line as written, line as it came) for each line of the server; None where there is no such line."""
    lines = transcript.rstrip("\n").split("\n")
    with daemon.connect(greeting=False) as connection:
        received = [shown(connection.reply().raw)]
        if not lines[0].startswith("S: "):
            received = []
        pending = 0  # requests whose replies were not looked at yet
        for line in lines:
            if line.startswith("C: "):
                yield from ((None, left) for left in received)
                received = []
                connection.send(line[3:].replace("⇥", "\t") + "\n")
                pending += 1
                yield line, None
                continue
            if not received and pending:
                received = shown(connection.reply().raw).split("\n")
                pending -= 1
            if line == "S: …":
                received = []
                yield line, "…"
            else:
                yield line[3:], received.pop(0) if received else None
        yield from ((None, left) for left in received)
        if lines and any(line == "C: QUIT" for line in lines):
            assert connection.rest() == b"", "the server goes on after QUIT"


class TranscriptTest(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quothd", "quoth-index")
        index = self.path("index")
        harness.build_index(index, os.path.join(harness.SOURCE, "corpus"))
        self.daemon = self.start(index)

    def test_transcripts(self):
        n = 0
        for _, transcript in (block for document in DOCUMENTS for block in blocks(document, "")):
            with self.subTest(transcript[:60]):
                for want, got in replay(self.daemon, transcript):
                    if want is not None and want.startswith(("C: ", "S: …")):
                        continue
                    self.assertEqual(loose(got or ""), loose(want or ""))
                n += 1
        self.assertGreater(n, 3)

    def test_examples__run(self):
        n = 0
        for language, command in (("python", [sys.executable, "-"]), ("bash", ["bash", "-s"])):
            for _, text in blocks(DOCUMENTS[0], language):
                text = text.replace("7788", str(self.daemon.port))
                done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      timeout=harness.WAIT_S)
                self.assertEqual((done.returncode, done.stderr), (0, b""), text)
                self.assertIn(b"#", done.stdout)
                n += 1
        self.assertGreater(n, 1)

    def update(self):
        for document in DOCUMENTS:
            self.update_document(document)

    def update_document(self, document):
        with open(document, encoding="utf-8") as file:
            text = file.read()
        for start, transcript in reversed(list(blocks(document, ""))):
            lines = []
            for want, got in replay(self.daemon, transcript):
                if want is not None and want.startswith(("C: ", "S: …")):
                    lines.append(want)
                elif got is not None:
                    same = want is not None and loose(want) == loose(got)
                    lines.append("S: " + (want if same else got))
            text = text[:start] + "\n".join(lines) + "\n" + text[start + len(transcript):]
        with open(document, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    if "--update" in sys.argv:
        case = TranscriptTest("update")
        case.setUp()
        try:
            case.update()
        finally:
            case.doCleanups()
    else:
        harness.main()
