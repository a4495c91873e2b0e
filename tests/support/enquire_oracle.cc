#include "enquire_oracle.h"

#include <string>
#include <vector>

#include <xapian.h>

namespace
{

/* A posting's weight is its wdf: our impacts. The query's scale does the rest. */
class WdfWeight : public Xapian::Weight
{
  public:
    WdfWeight()
    {
        need_stat(WDF);
        need_stat(WDF_MAX);
    }
    WdfWeight *clone() const override
    {
        return new WdfWeight;
    }
    std::string name() const override
    {
        return "WdfWeight";
    }
    void init(double factor_) override
    {
        factor = factor_;
    }
    double get_sumpart(Xapian::termcount wdf, Xapian::termcount, Xapian::termcount) const override
    {
        return factor * wdf;
    }
    double get_maxpart() const override
    {
        return factor * get_wdf_upper_bound();
    }
    double get_sumextra(Xapian::termcount, Xapian::termcount) const override
    {
        return 0;
    }
    double get_maxextra() const override
    {
        return 0;
    }

  private:
    double factor = 1;
};

} // namespace

size_t oracle_search(const char *folder, const struct oracle_term *terms, size_t n_terms, bool is_and,
                     struct oracle_hit *hits, size_t max)
{
    Xapian::Database db(folder);
    std::vector<Xapian::Query> leaves;
    for (size_t i = 0; i < n_terms; i++)
        leaves.emplace_back(Xapian::Query::OP_SCALE_WEIGHT, Xapian::Query(std::string(terms[i].text, terms[i].len)),
                            terms[i].weight);
    Xapian::Query query(is_and ? Xapian::Query::OP_AND : Xapian::Query::OP_OR, leaves.begin(), leaves.end());
    Xapian::Enquire enquire(db);
    enquire.set_weighting_scheme(WdfWeight());
    enquire.set_query(query);
    Xapian::MSet found = enquire.get_mset(0, db.get_doccount());
    size_t n = 0;
    for (Xapian::MSetIterator i = found.begin(); i != found.end() && n < max; ++i, ++n)
        hits[n] = {*i, i.get_weight()};
    return found.size();
}
