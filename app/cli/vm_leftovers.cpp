#include "app/cli/vm_leftovers.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <unistd.h>

#include "app/provisioning/leftover_reader.h"
#include "cloud/azure/resource.h"

namespace ty::cli {

namespace {

using namespace cloud;

Json toJson(const Leftover& leftover)
{
    return Json{
        {"id", leftover.id},
        {"kind", leftoverKindName(leftover.kind)},
        {"name", leftover.name},
        {"group", leftover.group},
        {"region", leftover.region},
        {"machine", leftover.machine},
        {"reason", leftover.reason},
        {"type", leftover.type},
        {"sizeGiB", leftover.sizeGiB ? Json(*leftover.sizeGiB) : Json(nullptr)},
        {"lastUsed", leftover.lastUsed.empty() ? Json(nullptr) : Json(leftover.lastUsed)},
        {"perMonth", leftover.perMonth ? Json(*leftover.perMonth) : Json(nullptr)},
        {"holdsData", leftover.holdsData}};
}

std::string money(const std::optional<double>& value, const std::string& currency)
{
    return value ? fmt::format("{:.2f} {}", *value, currency) : std::string("unknown");
}

std::string sumText(const std::vector<Leftover>& leftovers, const std::string& currency)
{
    const app::LeftoverCost cost = app::costOf(leftovers);
    std::string text = fmt::format("{:.2f} {} a month", cost.perMonth, currency);
    if (cost.unknown > 0) {
        text += fmt::format(" + {} of unknown price", cost.unknown);
    }
    return text;
}

std::string tableOf(const std::vector<Leftover>& leftovers, const std::string& currency)
{
    std::vector<std::vector<std::string>> rows;
    for (const Leftover& leftover : leftovers) {
        const std::string size = leftover.sizeGiB ? fmt::format("{} GiB", *leftover.sizeGiB) : leftover.type;
        rows.push_back(
            {leftover.name, leftoverKindName(leftover.kind), size.empty() ? "-" : size, leftover.region,
             leftover.lastUsed.empty() ? "unknown" : leftover.lastUsed.substr(0, std::string("2026-11-21").size()),
             money(leftover.perMonth, currency), leftover.reason});
    }
    return table({"NAME", "KIND", "SIZE", "REGION", "LAST USED", "PER MONTH", "WHY"}, rows);
}

/// Those the person named; all but data when nobody did and --all was said.
Result<std::vector<Leftover>> chosenOf(const std::vector<Leftover>& leftovers, const VmRequest& request)
{
    std::vector<Leftover> chosen;
    if (request.isAll) {
        std::copy_if(leftovers.begin(), leftovers.end(), std::back_inserter(chosen), [](const Leftover& leftover) {
            return !leftover.holdsData;
        });
    }
    for (const std::string& name : request.names) {
        const auto isNamed = [&](const Leftover& leftover) {
            return azure::isSame(leftover.name, name) || azure::isSame(leftover.id, name);
        };
        const auto found = std::find_if(leftovers.begin(), leftovers.end(), isNamed);
        if (found == leftovers.end()) {
            return Error{
                ErrorKind::NotFound, "no leftover is called \"" + name + "\"", "See trainyard vm leftovers."};
        }
        if (std::count_if(leftovers.begin(), leftovers.end(), isNamed) > 1) {
            return Error{ErrorKind::Usage, "several leftovers are called \"" + name + "\"", "Give the id: vm leftovers --json."};
        }
        chosen.push_back(*found);
    }
    if (request.names.empty() && !request.isAll) {
        return Error{ErrorKind::Usage, "nothing was named", "Name leftovers, or say --all for those without data."};
    }
    return chosen;
}

/// Data goes only by its name, letter for letter.
Result<void> confirmData(const std::vector<Leftover>& chosen, const VmRequest& request)
{
    const bool isTerminal = ::isatty(STDIN_FILENO) != 0 && request.form == OutputForm::Text;
    for (const Leftover& leftover : chosen) {
        const auto& said = request.confirmed;
        if (!leftover.holdsData || std::find(said.begin(), said.end(), leftover.name) != said.end()) {
            continue;
        }
        if (!isTerminal) {
            return Error{
                ErrorKind::Usage, leftover.name + " may hold somebody's data", "Add --confirm " + leftover.name + "."};
        }
        std::cerr << fmt::format(
            "{} ({}) may hold data, which cannot come back. Type its name: ", leftover.name, leftoverKindName(leftover.kind))
                  << std::flush;
        std::string typed;
        std::getline(std::cin, typed);
        if (typed != leftover.name) {
            return Error{ErrorKind::Cancelled, "not the name; nothing was done", {}};
        }
    }
    return {};
}

} // namespace

Result<int> vmLeftovers(app::CloudSession& session, const VmRequest& request)
{
    TY_TRY(const auto leftovers, app::readLeftovers(session, request.currency, {}));
    if (request.form == OutputForm::Json) {
        Json all = Json::array();
        for (const Leftover& leftover : leftovers) {
            all.push_back(toJson(leftover));
        }
        const app::LeftoverCost cost = app::costOf(leftovers);
        printJson(
            {{"account", session.account().name}, {"leftovers", all}, {"currency", request.currency},
             {"knownPerMonth", cost.perMonth}, {"unknownPrices", cost.unknown}});
        return 0;
    }
    printText(
        leftovers.empty() ? "Nothing is left over in " + session.account().name + ".\n"
                          : tableOf(leftovers, request.currency) + sumText(leftovers, request.currency)
                + ", list prices before tax. Delete with: trainyard vm clean NAME...\n");
    return 0;
}

Result<int> vmClean(app::CloudSession& session, const VmRequest& request)
{
    TY_TRY(const auto leftovers, app::readLeftovers(session, request.currency, {}));
    TY_TRY(const auto chosen, chosenOf(leftovers, request));
    if (request.form == OutputForm::Text) {
        printText(
            chosen.empty() ? std::string("There is nothing to delete.\n")
                           : tableOf(chosen, request.currency) + sumText(chosen, request.currency) + "\n");
    }
    TY_CHECK(confirmData(chosen, request));
    if (!chosen.empty()) {
        TY_CHECK(askAgreement(request.isAgreed, request.form, fmt::format("Delete these {}?", chosen.size())));
    }
    Json reports = Json::array();
    bool isDone = true;
    for (const auto& group : app::byMark(chosen)) {
        TY_TRY(const auto report, session.machines().clean(group, {}));
        isDone = isDone && report.outcome == Outcome::Done;
        reports.push_back(
            {{"operation", report.id}, {"machine", report.machine}, {"outcome", outcomeName(report.outcome)},
             {"error", report.error}, {"count", group.size()}});
        if (request.form == OutputForm::Text && report.outcome != Outcome::Done) {
            std::fprintf(stderr, "error: what %s left: %s\n", report.machine.c_str(), report.error.c_str());
        }
    }
    if (request.form == OutputForm::Json) {
        printJson({{"cleaned", reports}});
    } else if (isDone && !chosen.empty()) {
        printText(fmt::format("{} deleted.\n", chosen.size()));
    }
    return isDone ? 0 : 1;
}

} // namespace ty::cli
