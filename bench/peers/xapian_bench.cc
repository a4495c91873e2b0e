/*
 * libxapian as its documentation uses it: TermGenerator with positions, Enquire with BM25, the texts as document data.
 * driver.h says how it is asked.
 *
 * Building: stems alone (STEM_ALL), so that each word is indexed once, as by the other engines; flushed every 100,000
 * documents rather than 10,000; not synced. Then compacted.
 */
#include "driver.h"

#include <xapian.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

static void build(const char *tsv_path, const std::string &index)
{
    FILE *tsv = fopen(tsv_path, "re");
    if (tsv == nullptr)
        throw std::string("cannot read the passages");
    double from = seconds_now();
    std::string raw = index + ".raw";
    {
        setenv("XAPIAN_FLUSH_THRESHOLD", "100000", 0);
        Xapian::WritableDatabase db(raw, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
        Xapian::TermGenerator generator;
        generator.set_stemmer(Xapian::Stem("en"));
        generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
        char *line = nullptr, *text;
        size_t cap = 0, len;
        uint32_t number;
        while (passage_next(tsv, &line, &cap, &number, &text, &len)) {
            std::string body(text, len);
            Xapian::Document document;
            generator.set_document(document);
            generator.set_termpos(0);
            generator.index_text(body);
            document.set_data(body);
            db.replace_document(number, document);
        }
        free(line);
        db.commit();
    }
    fclose(tsv);
    double built = seconds_now();
    Xapian::Database(raw).compact(index);
    printf("build %.3f %.3f Xapian %s\n", built - from, seconds_now() - built, Xapian::version_string());
}

struct searching {
    Xapian::Database db;
    Xapian::Enquire enquire;
    Xapian::Stem stem;

    explicit searching(const char *index) : db(index), enquire(db), stem("en")
    {
        enquire.set_weighting_scheme(Xapian::BM25Weight());
    }

    Xapian::Query query(const struct bench_query *q) const
    {
        std::vector<std::string> terms;
        for (size_t i = 0; i < q->n_words; i++)
            terms.push_back(stem(q->words[i]));
        Xapian::Query::op op = q->kind == BENCH_OR    ? Xapian::Query::OP_OR
                               : q->kind == BENCH_AND ? Xapian::Query::OP_AND
                                                      : Xapian::Query::OP_PHRASE;
        return Xapian::Query(op, terms.begin(), terms.end());
    }
};

/* Exceptions end here: the driver's loop is C. */
template <class F> static bool guarded(F work) noexcept
{
    try {
        work();
        return true;
    } catch (const Xapian::Error &e) {
        fprintf(stderr, "xapian_bench: %s\n", e.get_description().c_str());
    } catch (const std::exception &e) {
        fprintf(stderr, "xapian_bench: %s\n", e.what());
    } catch (const std::string &e) {
        fprintf(stderr, "xapian_bench: %s\n", e.c_str());
    }
    return false;
}

static bool xapian_run(void *ctx, const struct bench_query *q, struct bench_answer *out)
{
    return guarded([=] {
        auto *s = static_cast<struct searching *>(ctx);
        s->enquire.set_query(s->query(q));
        Xapian::MSet found = s->enquire.get_mset(0, BENCH_TOP);
        for (Xapian::MSetIterator i = found.begin(); i != found.end(); ++i) {
            std::string text = i.get_document().get_data();
            answer_text(out, text.data(), text.size());
        }
        out->hits = found.size();
    });
}

static bool xapian_count(void *ctx, const struct bench_query *q, uint64_t *found)
{
    return guarded([=] {
        auto *s = static_cast<struct searching *>(ctx);
        s->enquire.set_query(s->query(q));
        *found = s->enquire.get_mset(0, 1, s->db.get_doccount()).get_matches_estimated();
    });
}

int main(int argc, char **argv)
{
    int status = 2;
    bool is_fine = guarded([&] {
        if (argc == 5 && strcmp(argv[1], "build") == 0) {
            build(argv[2], argv[3]);
            status = 0;
        } else if (argc == 3 && strcmp(argv[1], "serve") == 0) {
            struct searching s(argv[2]);
            struct bench_engine engine = {&s, xapian_run, xapian_count};
            status = driver_serve(&engine);
        } else {
            fprintf(stderr, "usage: xapian_bench build TSV INDEX 1 | serve INDEX\n");
        }
    });
    return is_fine ? status : 1;
}
