#include "app/cli/cloud_questions.h"

#include <utility>

#include <fmt/format.h>

#include "app/provisioning/cloud_offers.h"
#include "cloud/azure/requests.h"
#include "cloud/azure/usage.h"

namespace ty::cli {

namespace {

using namespace cloud;
using app::CloudSession;

Json numberOrNull(const auto& value)
{
    return value ? Json(*value) : Json(nullptr);
}

/// Limits and uses are whole numbers, however they were sent.
Json wholeOrNull(const std::optional<double>& value)
{
    return value ? Json(static_cast<std::int64_t>(*value)) : Json(nullptr);
}

std::string shownNumber(const std::optional<double>& value)
{
    return value ? fmt::format("{:g}", *value) : std::string("-");
}

Result<int> regions(CloudSession& session, OutputForm form)
{
    TY_TRY(const auto known, app::readRegions(session, {}));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& region : known) {
        all.push_back({{"name", region.name}, {"displayName", region.displayName}, {"zones", region.zones}});
        rows.push_back({region.name, region.displayName, fmt::format("{}", region.zones.size())});
    }
    if (form == OutputForm::Json) {
        printJson({{"regions", all}});
    } else {
        printText(table({"NAME", "REGION", "ZONES"}, rows));
    }
    return 0;
}

Result<int> sizes(CloudSession& session, const CloudRequest& request)
{
    TY_TRY(const auto offered, app::readSizes(session, request.region, false, {}));
    TY_TRY(const auto accelerators, app::readAccelerators(session, request.region, false, {}));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : offered) {
        const azure::VmSize& size = each.size;
        if (request.hasGpu && size.gpus <= 0) {
            continue;
        }
        const std::string reason = each.obstacle();
        all.push_back(
            {{"name", size.name},
             {"vCpus", numberOrNull(size.vCpus)},
             {"memoryGiB", numberOrNull(size.memoryGiB)},
             {"gpu", size.gpu},
             {"gpus", size.gpus},
             {"zones", each.offer.zones},
             {"coresLeft", numberOrNull(each.coresLeft)},
             {"reason", reason}});
        rows.push_back(
            {size.name, shownNumber(size.vCpus), shownNumber(size.memoryGiB),
             size.gpu.empty() ? "-" : fmt::format("{:g} x ", size.gpus) + size.gpu,
             each.coresLeft ? std::to_string(*each.coresLeft) : std::string("unknown"), reason.empty() ? "yes" : reason});
    }
    Json cards = Json::array();
    std::vector<std::vector<std::string>> cardRows;
    for (const auto& card : accelerators) {
        cards.push_back(
            {{"name", card.name},
             {"description", card.description},
             {"zones", card.zones},
             {"mostInOne", card.mostInOne},
             {"left", numberOrNull(card.left)}});
        cardRows.push_back(
            {card.name, card.description, std::to_string(card.mostInOne),
             card.left ? std::to_string(*card.left) : std::string("unknown"), fmt::format("{}", fmt::join(card.zones, " "))});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"region", request.region}, {"sizes", all}, {"accelerators", cards}});
        return 0;
    }
    printText(table({"SIZE", "VCPU", "RAM GIB", "GPU", "QUOTA LEFT", "AVAILABLE"}, rows));
    if (!cardRows.empty()) {
        printText("\n" + table({"GPU FOR N1 SIZES", "", "MOST IN ONE", "QUOTA LEFT", "ZONES"}, cardRows));
    }
    return 0;
}

struct QuotaRow {
    std::string name;
    std::optional<double> used;
    std::optional<double> limit;
};

std::optional<double> asDouble(const std::optional<std::int64_t>& value)
{
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

Result<std::vector<QuotaRow>> quotaRows(CloudSession& session, const std::string& region)
{
    std::vector<QuotaRow> rows;
    const std::string& scope = session.account().scope;
    if (auto* google = session.google(); google != nullptr) {
        TY_TRY(const auto known, google->client().get<gcp::Region>(gcp::getRegion(scope, region), {}));
        TY_TRY(const auto project, google->client().get<gcp::Project>(gcp::getProject(scope), {}));
        for (const auto* quotas : {&known.quotas, &project.quotas}) {
            for (const gcp::Quota& quota : *quotas) {
                rows.push_back({quota.metric, quota.usage, quota.limit});
            }
        }
        return rows;
    }
    TY_TRY(
        const auto usages,
        session.connection().client().list<azure::Usage>(azure::listComputeUsages(scope, region), {}));
    for (const auto& usage : usages) {
        rows.push_back({usage.name, asDouble(usage.current), asDouble(usage.limit)});
    }
    return rows;
}

Result<int> quota(CloudSession& session, const CloudRequest& request)
{
    TY_TRY(const auto known, quotaRows(session, request.region));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const QuotaRow& row : known) {
        all.push_back({{"name", row.name}, {"used", wholeOrNull(row.used)}, {"limit", wholeOrNull(row.limit)}});
        rows.push_back({row.name, shownNumber(row.used), shownNumber(row.limit)});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"region", request.region}, {"quota", all}});
    } else {
        printText(table({"QUOTA", "USED", "LIMIT"}, rows));
    }
    return 0;
}

} // namespace

Result<int> cloudQuestion(CloudSession& session, const CloudRequest& request)
{
    if (request.action == "regions") {
        return regions(session, request.form);
    }
    return request.action == "sizes" ? sizes(session, request) : quota(session, request);
}

} // namespace ty::cli
