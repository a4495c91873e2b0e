"""Is one run better than another, and where is it worse?"""

import random

from . import measure

ROUNDS = 10000
SEED = 20240322
CHUNK = 8  # signs that are drawn and summed at once, through a table


def sums_by_signs(differences):
    """For each pattern of signs, the sum of these (at most CHUNK) differences under it."""
    sums = [0.0]
    for difference in differences:
        sums = [s + difference for s in sums] + [s - difference for s in sums]
    return sums


def p_value(differences, rounds=ROUNDS, seed=SEED):
    """Of the paired randomisation test, two-sided: how often random signs put the sum as far from 0 as it is."""
    differences = [difference for difference in differences if difference != 0]
    tables = [sums_by_signs(differences[at:at + CHUNK]) for at in range(0, len(differences), CHUNK)]
    masks = [len(table) - 1 for table in tables]
    least = abs(sum(differences)) - 1e-9
    source = random.Random(seed)
    reached = 0
    for _ in range(rounds):
        signs = source.randbytes(len(tables))
        total = sum(table[sign & mask] for table, sign, mask in zip(tables, signs, masks))
        reached += abs(total) >= least
    return (reached + 1) / (rounds + 1)


def p_values(before, after):
    """{metric: p} of two of measure.of_run()'s results over the same queries."""
    return {metric: p_value([after[query][metric] - before[query][metric] for query in before])
            for metric in measure.METRICS}


def places(gains, ranking):
    """Where the positive documents stand: "12:3, 40:-" is document 12 in place 3, document 40 nowhere."""
    rank = {document: at for at, document in reversed(list(enumerate(ranking, 1)))}
    positive = sorted((document for document in gains if gains[document] > 0),
                      key=lambda document: (rank.get(document, len(ranking) + 1), document))
    text = ", ".join(f"{document}:{rank.get(document, '-')}" for document in positive[:8])
    return text + (f" and {len(positive) - 8} more" if len(positive) > 8 else "")


def losses(qrels, texts, runs, values, n, metric="ndcg10"):
    """The n queries that lost most between the two runs of the pair, as lines."""
    before, after = values
    lost = sorted((after[query][metric] - before[query][metric], query) for query in before)
    for difference, query in lost[:n]:
        if difference >= 0:
            break
        yield (f"{query}: {measure.TITLES[metric]} {before[query][metric]:.3f} -> {after[query][metric]:.3f} "
               f"({difference:+.3f})  {texts.get(query, '')}")
        for name, run in zip(("was", "now"), runs):
            ranking = run.get(query, [])
            yield f"    {name} wanted {places(qrels[query], ranking)}"
            yield f"    {name} first  {', '.join(ranking[:5])}"
