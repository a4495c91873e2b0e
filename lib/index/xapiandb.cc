#include "xapiandb.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <memory>
#include <new>
#include <sstream>
#include <string>

#include <xapian.h>

struct xapiandb_writer {
    Xapian::WritableDatabase db;
};

struct xapiandb {
    Xapian::Database db;
};

namespace
{

/* Every call of libxapian goes through here: what it throws becomes a status, by class, then std::exception, then all.
 */
template <typename F> enum status guard(struct error *e, F &&f) noexcept
{
    try {
        return f();
    } catch (const Xapian::DatabaseLockError &x) {
        return error_set(e, ERR_LOCKED, "Xapian: %s", x.get_msg().c_str());
    } catch (const Xapian::DatabaseError &x) {
        return error_set(e, ERR_INDEX, "Xapian: %s %s", x.get_description().c_str(),
                         x.get_error_string() == nullptr ? "" : x.get_error_string());
    } catch (const Xapian::Error &x) {
        return error_set(e, ERR_INTERNAL, "Xapian: %s", x.get_description().c_str());
    } catch (const std::bad_alloc &) {
        return error_nomem(e);
    } catch (const std::exception &x) {
        return error_set(e, ERR_INTERNAL, "Xapian: %s", x.what());
    } catch (...) {
        return error_set(e, ERR_INTERNAL, "Xapian: unknown exception");
    }
}

std::string string_of(struct slice s)
{
    return s.len == 0 ? std::string() : std::string(s.data, s.len);
}

} // namespace

enum status xapiandb_create(struct xapiandb_writer **out, const char *folder, struct error *e)
{
    *out = nullptr;
    return guard(e, [&] {
        int flags =
            Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_TERMLIST | Xapian::DB_NO_SYNC;
        *out = new xapiandb_writer{Xapian::WritableDatabase(folder, flags)};
        return OK;
    });
}

enum status xapiandb_add(struct xapiandb_writer *w, const struct xapiandb_posting *postings, size_t n, struct error *e)
{
    return guard(e, [&] {
        Xapian::Document document;
        for (size_t i = 0; i < n; i++) {
            if (postings[i].term.len == 0 || postings[i].term.len > XAPIAN_TERM_MAX_BYTES)
                return error_set(e, ERR_INTERNAL, "a term of %zu bytes", postings[i].term.len);
            document.add_term(string_of(postings[i].term), postings[i].wdf);
        }
        w->db.add_document(document);
        return OK;
    });
}

enum status xapiandb_commit(struct xapiandb_writer *w, struct error *e)
{
    return guard(e, [&] {
        w->db.commit();
        return OK;
    });
}

enum status xapiandb_finish(struct xapiandb_writer *w, struct error *e)
{
    std::unique_ptr<xapiandb_writer> owned(w);
    return guard(e, [&] {
        owned->db.commit();
        owned->db.close();
        return OK;
    });
}

void xapiandb_abandon(struct xapiandb_writer *w)
{
    if (w == nullptr)
        return;
    /* Closing commits what is pending, which may fail on a full disk: nobody needs it any more. */
    enum status ignored = guard(nullptr, [&] {
        w->db.close();
        return OK;
    });
    (void)ignored;
    delete w;
}

enum status xapiandb_set_uuid(const char *folder, const char uuid[16], struct error *e)
{
    /* iamglass: 14 bytes of magic, a u16 version, then the uuid. */
    const off_t uuid_at = 16;
    return guard(e, [&] {
        std::string path = std::string(folder) + "/iamglass";
        int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            return error_errno(e, ERR_IO, "%s", path.c_str());
        enum status st = OK;
        if (pwrite(fd, uuid, 16, uuid_at) != 16)
            st = error_errno(e, ERR_IO, "%s", path.c_str());
        close(fd);
        return st;
    });
}

enum status xapiandb_open(struct xapiandb **out, const char *folder, struct error *e)
{
    *out = nullptr;
    return guard(e, [&] {
        *out = new xapiandb{Xapian::Database(folder, Xapian::DB_BACKEND_GLASS)};
        return OK;
    });
}

void xapiandb_close(struct xapiandb *db)
{
    delete db;
}

enum status xapiandb_doccount(struct xapiandb *db, uint32_t *out, struct error *e)
{
    *out = 0;
    return guard(e, [&] {
        *out = db->db.get_doccount();
        return OK;
    });
}

enum status xapiandb_postings(struct xapiandb *db, struct slice term, xapiandb_posting_fn *fn, void *ctx,
                              struct error *e)
{
    return guard(e, [&] {
        std::string key = string_of(term);
        for (Xapian::PostingIterator i = db->db.postlist_begin(key); i != db->db.postlist_end(key); ++i) {
            enum status st = fn(ctx, *i, i.get_wdf(), e);
            if (st != OK)
                return st;
        }
        return OK;
    });
}

enum status xapiandb_terms(struct xapiandb *db, struct slice prefix, xapiandb_term_fn *fn, void *ctx, struct error *e)
{
    return guard(e, [&] {
        std::string start = string_of(prefix);
        for (Xapian::TermIterator i = db->db.allterms_begin(start); i != db->db.allterms_end(start); ++i) {
            std::string term = *i;
            enum status st = fn(ctx, slice_of(term.data(), term.size()), i.get_termfreq(), e);
            if (st != OK)
                return st;
        }
        return OK;
    });
}

enum status xapiandb_check(const char *folder, struct error *e)
{
    return guard(e, [&] {
        std::ostringstream report;
        size_t n_errors = Xapian::Database::check(std::string(folder), 0, &report);
        if (n_errors == 0)
            return OK;
        return error_set(e, ERR_INDEX, "%s: xapian-check finds %zu errors: %.200s", folder, n_errors,
                         report.str().c_str());
    });
}
