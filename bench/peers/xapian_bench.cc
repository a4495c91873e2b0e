/*
 * libxapian as its documentation uses it: TermGenerator with positions, the texts as document data; xapian_search.h.
 * driver.h says how it is asked.
 *
 * Building: stems alone (STEM_ALL), so that each word is indexed once, as by the other engines; flushed every 100,000
 * documents rather than 10,000; not synced. Then compacted.
 */
#include "xapian_search.h"

#include <xapian.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

static void build(const char *tsv_path, const std::string &index)
{
    FILE *tsv = fopen(tsv_path, "re");
    if (tsv == nullptr)
        throw std::runtime_error("cannot read the passages");
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

static void on_hit(void *ctx, const struct xapian_hit *hit)
{
    auto *out = static_cast<struct bench_answer *>(ctx);
    answer_text(out, hit->text, hit->text_len);
    out->hits++;
}

static bool xapian_run(void *ctx, const struct bench_query *q, struct bench_answer *out)
{
    return xapian_search_run(static_cast<struct xapian_search *>(ctx), q, on_hit, out);
}

static bool xapian_count(void *ctx, const struct bench_query *q, uint64_t *found)
{
    return xapian_search_count(static_cast<struct xapian_search *>(ctx), q, found);
}

static int serve(const char *index)
{
    struct xapian_search *s = xapian_search_open(index);
    if (s == nullptr)
        return 1;
    struct bench_engine engine = {s, xapian_run, xapian_count};
    int status = driver_serve(&engine);
    xapian_search_close(s);
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(argv[2]);
    if (argc != 5 || strcmp(argv[1], "build") != 0) {
        fprintf(stderr, "usage: xapian_bench build TSV INDEX 1 | serve INDEX\n");
        return 2;
    }
    try {
        build(argv[2], argv[3]);
        return 0;
    } catch (const Xapian::Error &e) {
        fprintf(stderr, "xapian_bench: %s\n", e.get_description().c_str());
    } catch (const std::exception &e) {
        fprintf(stderr, "xapian_bench: %s\n", e.what());
    }
    return 1;
}
