"""One worker and four, the same index: some hundred random requests of every operator and verb, over several connections
at once, are answered alike, byte for byte but for the time they took."""

import json
import random
import re
import threading

import harness

WORKERS = (1, 4)
CONNECTIONS = 6
IN_FLIGHT = 16  # of a connection; 64 are allowed
N_REQUESTS = 1200
N_ARTICLES = 260
N_UPDATES = 4  # each its own segment
SEED = 20240327
TIME = re.compile(rb" us=\d+")

SYLLABLES = ("ba", "ker", "ling", "mo", "ra", "stor", "tide", "ven", "wa", "zon", "fel", "gri", "hol", "nis", "pur")
SUFFIXES = ("", "", "", "s", "ed", "ing", "er", "ly")
STOPWORDS = ("the", "of", "and", "in", "was", "not")
AUTHORS = ("Ann Miller", "Bo Smith", "Cyra de Young")
TAGS = ("sea", "land", "cold air")
LANGS = ("en", "en", "en", "de", "fr")


class Maker:
    """Articles and requests of chance; the same seed makes the same ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        stems = ["".join(self.random.choices(SYLLABLES, k=self.random.choice((1, 2, 2, 3)))) for _ in range(90)]
        self.words = [stem + suffix for stem in stems for suffix in sorted(set(SUFFIXES))]

    def word(self):
        """The first of the list are common, the last rare; now and then one that no article has."""
        if self.random.random() < 0.1:
            return self.random.choice(STOPWORDS)
        word = self.words[int(len(self.words) * self.random.random() ** 2.5)]
        return word[::-1] if self.random.random() < 0.02 else word

    def text(self, low, high):
        return " ".join(self.word() for _ in range(self.random.randint(low, high)))

    def article(self, number):
        paragraphs = [self.text(15, 160).capitalize() + "." for _ in range(self.random.randint(1, 7))]
        fields = {"id": f"a{number:03}", "title": self.text(0, 4), "author": self.random.choice(AUTHORS),
                  "tags": self.random.sample(TAGS, self.random.randint(0, 2)), "lang": self.random.choice(LANGS),
                  "url": f"https://{self.random.choice(('news', 'old'))}.example/{number}",
                  "text": "\n\n".join(paragraphs)}
        if self.random.random() < 0.8:
            fields["date"] = f"{self.random.randint(2018, 2023)}-05-{self.random.randint(1, 28):02}"
        return json.dumps(fields) + "\n"

    def filter(self):
        return self.random.choice((
            f"title:{self.word()}", f"author:{self.random.choice(('miller', 'smith', 'de', 'nobody'))}", "tag:sea",
            'tag:"cold air"', "lang:de", "source:all", "url:news.example", "date:2019..2021", "date:>=2022",
            f"date:{self.random.randint(2018, 2023)}"))

    def typo(self):
        word, at = self.word(), self.random.randrange(4)
        return word[:at] + word[at + 1:] if len(word) > 3 else word

    def operand(self, depth=0):
        kinds = ("word", "word", "word", "phrase", "near", "prefix", "fuzzy", "exact", "weight", "filter", "typo",
                 "bracket")
        kind = self.random.choice(kinds[:-1] if depth > 2 else kinds)
        if kind == "bracket":
            return f"({self.query(depth + 1)})"
        if kind == "filter":
            return self.filter()
        if kind == "typo":
            return self.typo()
        if kind in ("phrase", "near"):
            return f'"{self.text(2, 4)}"' + (f"~{self.random.randint(1, 12)}" if kind == "near" else "")
        word = self.word()
        return {"word": word, "exact": f"={word}", "prefix": f"{word[:self.random.randint(2, 4)]}*",
                "fuzzy": f"{word}~{self.random.randint(1, 2)}",
                "weight": f"{word}^{self.random.choice((0.5, 2, 7))}"}[kind]

    def query(self, depth=0):
        operands = [self.operand(depth) for _ in range(self.random.randint(1, 4))]
        if self.random.random() < 0.4:
            joined = operands[0]
            for operand in operands[1:]:
                joined += self.random.choice((" AND ", " OR ", " AND NOT ", " ")) + operand
            return joined
        return " ".join(self.random.choice(("", "", "", "+", "-")) + operand for operand in operands)

    def search(self):
        options = [f"n={self.random.choice((1, 5, 10, 60, 400))}"]
        for option in ("from=7", "per=1", "per=2", "sort=date", "sort=-date", "show=passage", "show=none", "width=90",
                       "total=exact", "total=none", "mode=plain", "rank=first", "expand=on", "spell=off", "lang=de",
                       "facet=author,year,month:3,tag,lang", "out=json"):
            name = option.split("=")[0]
            if self.random.random() < 0.12 and not any(taken.startswith(name + "=") for taken in options):
                options.append(option)
        return f"SEARCH {' '.join(options)} -- {self.query()}"

    def request(self):
        passage = f"a{self.random.randrange(N_ARTICLES):03}#{self.random.randint(1, 2)}"
        return self.random.choice((
            self.search, self.search, self.search, self.search, self.search, self.search,
            lambda: f"COUNT -- {self.query()}",
            lambda: f"SIMILAR n=20 -- {passage if self.random.random() < 0.7 else passage[:4]}",
            lambda: f"SUGGEST n=20 -- {self.text(0, 2)} {self.word()[:self.random.randint(1, 3)]}".replace("--  ", "-- "),
            lambda: f"SPELL -- {self.typo()} {self.word()} {self.typo()}",
            lambda: f"EXPLAIN passage={passage} -- {self.query()}",
            lambda: f"WHYNOT passage={passage} -- {self.query()}",
            lambda: f"GET -- {passage}"))()


class Workers(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.need("quoth-index", "quothd")

    def build(self, maker):
        """An index of several segments, with deletions: of each update some articles go, some change with the next."""
        lines = [maker.article(number) for number in range(N_ARTICLES)]
        index, step = self.path("index"), N_ARTICLES // N_UPDATES
        for end in range(step, N_ARTICLES + 1, step):
            kept = [line for number, line in enumerate(lines[:end]) if number % 9 or number >= end - step]
            kept[:5] = [maker.article(number) for number in range(400, 405)]
            self.write("tree/all.jsonl", "".join(kept))
            harness.build_index(index, self.path("tree"))
        return index

    def ask(self, daemon, requests, answers):
        """Send every one of these {number: request} with its number as the tag, IN_FLIGHT ahead; note the replies."""
        waiting, todo = [], list(requests.items())[::-1]
        with daemon.connect(timeout=5 * harness.WAIT_S) as connection:
            while todo or waiting:
                while todo and len(waiting) < IN_FLIGHT:
                    number, request = todo.pop()
                    connection.send(f"@{number} {request}\n")
                    waiting.append(number)
                reply = connection.reply()
                assert reply.tag == str(waiting[0]), (reply.tag, waiting[0])
                answers[waiting.pop(0)] = TIME.sub(b"", reply.raw)

    def answers(self, daemon, requests):
        """Of all requests, asked over several connections at once, which take them in turn."""
        answers = {}
        threads = [threading.Thread(target=self.ask, args=(daemon, part, answers)) for part in (
            dict(list(enumerate(requests))[first::CONNECTIONS]) for first in range(CONNECTIONS))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_one_and_four(self):
        maker = Maker(SEED)
        index = self.build(maker)
        requests = list(dict.fromkeys(maker.request() for _ in range(N_REQUESTS)))
        # Nothing may hang on how long it took: neither a deadline nor a place in a queue.
        patience = ("--deadline", 60000, "--queue-wait", 60000)
        one, four = (self.start(index, "--workers", workers, *patience) for workers in WORKERS)
        stats = four.stats()
        self.assertGreater(int(stats["segments"]), 1)
        want, have = self.answers(one, requests), self.answers(four, requests)
        self.assertEqual(len(want), len(requests))
        differ = [f"{request}\n{want[i]}\n{have[i]}" for i, request in enumerate(requests) if want[i] != have[i]]
        self.assertEqual("\n\n".join(differ[:5]), "")
        found = sum(reply.split(b" ", 2)[1:2] == [b"OK"] and b"\n" in reply[:-1] for reply in want.values())
        refused = sum(b" ERR " in reply.split(b"\n", 1)[0] for reply in want.values())
        print(f"{len(requests)} requests: {found} found something, {refused} were refused")
        self.assertGreater(found, len(requests) // 2)
        self.assertLess(refused, len(requests) // 5)
        self.assertEqual(int(one.stats()["workers"]), 1)
        self.assertEqual(int(stats["workers"]), 4)


if __name__ == "__main__":
    harness.main()
