#include <algorithm>

#include "app/catalog/catalog.h"
#include "app/cli/commands.h"

namespace ty::cli {

namespace {

/// The id in a text of digits only, else 0.
std::int64_t idOf(const std::string& text)
{
    constexpr std::size_t kMostDigits = 15;
    const bool isNumber = !text.empty() && text.size() <= kMostDigits
        && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    return isNumber ? std::stoll(text) : 0;
}

/// The first (newest) of `list` with that name, else that id.
template<typename Record>
Result<Record> pick(const std::vector<Record>& list, const std::string& nameOrId, const char* what)
{
    for (const Record& record : list) {
        if (record.name == nameOrId) {
            return record;
        }
    }
    for (const Record& record : list) {
        if (record.id == idOf(nameOrId)) {
            return record;
        }
    }
    return Error{
        ErrorKind::NotFound, std::string("there is no ") + what + " \"" + nameOrId + "\" in the catalog",
        "The list shows what there is."};
}

} // namespace

Result<catalog::RunRecord> findRun(catalog::Catalog& catalog, const std::string& nameOrId)
{
    TY_TRY(const auto list, catalog.runs());
    return pick(list, nameOrId, "run");
}

Result<catalog::DatasetRecord> findDataset(catalog::Catalog& catalog, const std::string& nameOrId)
{
    TY_TRY(const auto list, catalog.datasets());
    return pick(list, nameOrId, "dataset");
}

Result<catalog::ModelRecord> findModel(catalog::Catalog& catalog, const std::string& nameOrId)
{
    TY_TRY(const auto list, catalog.models());
    return pick(list, nameOrId, "model");
}

} // namespace ty::cli
