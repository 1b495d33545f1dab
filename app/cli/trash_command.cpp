#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "app/catalog/catalog.h"
#include "app/cli/commands.h"

namespace ty::cli {

namespace {

using catalog::TrashItem;

Result<std::vector<TrashItem>> chosen(catalog::Catalog& catalog, const std::vector<std::string>& names)
{
    TY_TRY(const auto all, catalog.trash());
    std::vector<TrashItem> items;
    for (const std::string& name : names) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const TrashItem& item) {
            return item.name == name || std::to_string(item.id) == name;
        });
        if (found == all.end()) {
            return Error{ErrorKind::NotFound, "\"" + name + "\" is not in the trash", "See trainyard trash list."};
        }
        items.push_back(*found);
    }
    return items;
}

} // namespace

Result<void> trashCommand(catalog::Catalog& catalog, const Request& request)
{
    if (request.action == "list") {
        TY_TRY(const auto items, catalog.trash());
        Json all = Json::array();
        std::vector<std::vector<std::string>> rows;
        for (const TrashItem& item : items) {
            all.push_back(
                {{"id", item.id}, {"kind", item.kind}, {"name", item.name}, {"bytes", item.bytes},
                 {"deleted", item.deleted}, {"expires", item.expires}});
            rows.push_back(
                {std::to_string(item.id), item.kind, item.name, shownBytes(item.bytes), item.expires.substr(0, 10)});
        }
        if (request.form == OutputForm::Json) {
            printJson({{"trash", all}});
        } else {
            printText(rows.empty() ? "The trash is empty.\n" : table({"ID", "KIND", "NAME", "SIZE", "UNTIL"}, rows));
        }
        return {};
    }
    TY_TRY(const auto items, chosen(catalog, request.names));
    if (request.action == "restore") {
        for (const TrashItem& item : items) {
            TY_CHECK(catalog.restore(item.id));
            printText(request.form == OutputForm::Json ? "" : item.name + " is back.\n");
        }
        return {};
    }
    std::vector<std::int64_t> ids;
    for (const TrashItem& item : items) {
        ids.push_back(item.id);
    }
    TY_TRY(const auto report, catalog.emptyTrash(ids));
    if (request.form == OutputForm::Json) {
        printJson({{"items", report.items}, {"bytesFreed", report.bytesFreed}, {"failures", report.failures}});
    } else {
        printText(fmt::format("{} items removed, {} freed.\n", report.items, shownBytes(report.bytesFreed)));
    }
    if (!report.failures.empty()) {
        return Error{ErrorKind::Io, report.failures.front(), "It is still in the trash; try again."};
    }
    return {};
}

} // namespace ty::cli
