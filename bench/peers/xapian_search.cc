#include "xapian_search.h"

#include <xapian.h>

#include <exception>
#include <string>
#include <vector>

struct xapian_search {
    Xapian::Database db;
    Xapian::Enquire enquire;
    Xapian::Stem stem;

    explicit xapian_search(const char *index) : db(index), enquire(db), stem("en")
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

/* Exceptions end here: the callers are C. */
template <class F> static bool guarded(F work) noexcept
{
    try {
        work();
        return true;
    } catch (const Xapian::Error &e) {
        fprintf(stderr, "libxapian: %s\n", e.get_description().c_str());
    } catch (const std::exception &e) {
        fprintf(stderr, "libxapian: %s\n", e.what());
    } catch (...) {
        fprintf(stderr, "libxapian: it failed\n");
    }
    return false;
}

struct xapian_search *xapian_search_open(const char *index)
{
    struct xapian_search *s = nullptr;
    guarded([&] { s = new xapian_search(index); });
    return s;
}

void xapian_search_close(struct xapian_search *s)
{
    delete s;
}

bool xapian_search_run(struct xapian_search *s, const struct bench_query *q,
                       void (*on_hit)(void *ctx, const struct xapian_hit *hit), void *ctx)
{
    return guarded([=] {
        s->enquire.set_query(s->query(q));
        Xapian::MSet found = s->enquire.get_mset(0, BENCH_TOP);
        for (Xapian::MSetIterator i = found.begin(); i != found.end(); ++i) {
            std::string text = i.get_document().get_data();
            struct xapian_hit hit = {*i, i.get_weight(), text.data(), text.size()};
            on_hit(ctx, &hit);
        }
    });
}

bool xapian_search_count(struct xapian_search *s, const struct bench_query *q, uint64_t *found)
{
    return guarded([=] {
        s->enquire.set_query(s->query(q));
        *found = s->enquire.get_mset(0, 1, s->db.get_doccount()).get_matches_estimated();
    });
}
