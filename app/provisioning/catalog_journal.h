#pragma once

#include "app/catalog/operations.h"
#include "cloud/provision/journal.h"

namespace ty::app {

/// The provisioning journal in the catalog. One thread.
class CatalogJournal : public cloud::Journal {
public:
    /// `operations` outlives this.
    explicit CatalogJournal(catalog::Operations& operations);

    Result<std::int64_t> begin(const std::string& kind, const std::string& target, const Json& request) override;
    Result<void> note(std::int64_t id, const cloud::JournalNote& note) override;
    Result<void> end(std::int64_t id, cloud::Outcome outcome, const std::string& error) override;
    Result<std::vector<cloud::JournalEntry>> openEntries() override;

private:
    catalog::Operations& m_operations;
};

} // namespace ty::app
