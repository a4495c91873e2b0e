"""docs/EXAMPLES.md under test: each query is asked again, through a daemon over corpus/, and must be answered as written.

A block of the document is "$ quoth ARGUMENTS" and what quoth prints. Scores may differ in their last digit.

    python3 -B test_examples.py --update

writes what quoth says today into the document: read the difference as a user would.
"""

import os
import re
import shlex
import subprocess
import sys

import harness

DOCUMENT = os.path.join(harness.SOURCE, "docs", "EXAMPLES.md")
BLOCK = re.compile(r"(?<=^```\n)\$ quoth (.*)\n((?:.*\n)*?)(?=```$)", re.M)


def loose(text):
    """Without the scores, and what their last digit may move."""
    return re.sub(r"score (\d+\.\d)\d", r"score \1", text)


class Examples(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth", "quothd", "quoth-index")
        index = self.path("index")
        harness.build_index(index, os.path.join(harness.SOURCE, "corpus"))
        self.daemon = self.start(index)
        with open(DOCUMENT, encoding="utf-8") as file:
            self.text = file.read()

    def ask(self, arguments):
        environment = {**os.environ, "QUOTH_SERVER": f"127.0.0.1:{self.daemon.port}", "COLUMNS": "80"}
        done = subprocess.run([harness.program("quoth"), *shlex.split(arguments)], env=environment, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=harness.WAIT_S)
        self.assertIn(done.returncode, (0, 1), done.stdout)
        return "".join(line.rstrip() + "\n" for line in done.stdout.decode().splitlines())

    def test_answers(self):
        blocks = BLOCK.findall(self.text)
        self.assertGreaterEqual(len(blocks), 20)
        for arguments, answer in blocks:
            with self.subTest(arguments):
                self.assertEqual(loose(self.ask(arguments)), loose(answer))

    def update(self):
        text = BLOCK.sub(lambda block: f"$ quoth {block.group(1)}\n{self.ask(block.group(1))}", self.text)
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    if "--update" in sys.argv:
        case = Examples("update")
        case.setUp()
        try:
            case.update()
        finally:
            case.doCleanups()
    else:
        harness.main()
