#include "app/cli/vm_talk.h"

#include <cstdio>

#include <fmt/format.h>

#include "app/provisioning/alternatives.h"

namespace ty::cli {

using namespace cloud;
using app::OperationReport;

namespace {

std::string money(const std::optional<double>& value, const std::string& currency)
{
    return value ? fmt::format("{:.4g} {}", *value, currency) : std::string("unknown");
}

} // namespace

std::string placeOf(const MachineInfo& machine)
{
    // Google's zones name their region.
    const bool isWhole = machine.zone.starts_with(machine.region);
    return machine.zone.empty() ? machine.region : isWhole ? machine.zone : machine.region + "/" + machine.zone;
}

std::string stateWords(MachineState state)
{
    switch (state) {
    case MachineState::Starting: return "Starting (billed)";
    case MachineState::Running: return "Running (billed)";
    case MachineState::Idle: return "Idle (billed)";
    case MachineState::Stopping: return "Stopping (billed)";
    case MachineState::StoppedBilled: return "Stopped but still billed";
    case MachineState::Off: return "Off - disks only";
    case MachineState::Deleting: return "Deleting";
    case MachineState::Failed: return "Failed";
    case MachineState::Unknown: return "Unknown";
    }
    return "Unknown";
}

Json costJson(const CostTable& cost)
{
    const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
    Json lines = Json::array();
    for (const CostLine& line : cost.lines) {
        lines.push_back({{"what", line.what}, {"perHour", number(line.perHour)}, {"paidWhenOff", line.isPaidWhenOff}});
    }
    return Json{
        {"currency", cost.currency},
        {"priceDate", cost.priceDate},
        {"lines", lines},
        {"note", cost.note},
        {"on", {{"perHour", number(cost.perHour(true))}, {"perDay", number(cost.perDay(true))}, {"perMonth", number(cost.perMonth(true))}}},
        {"off", {{"perHour", number(cost.perHour(false))}, {"perDay", number(cost.perDay(false))}, {"perMonth", number(cost.perMonth(false))}}}};
}

std::string costText(const CostTable& cost)
{
    std::vector<std::vector<std::string>> rows;
    for (const CostLine& line : cost.lines) {
        rows.push_back({line.what, money(line.perHour, cost.currency), line.isPaidWhenOff ? "also while off" : ""});
    }
    for (const bool isOn : {true, false}) {
        rows.push_back(
            {isOn ? "while on" : "while off", money(cost.perHour(isOn), cost.currency),
             money(cost.perDay(isOn), cost.currency) + " a day, " + money(cost.perMonth(isOn), cost.currency) + " a month"});
    }
    return table({"COST", "PER HOUR", ""}, rows)
        + fmt::format("List prices of {}, before tax; a month is 730 hours.\n", cost.priceDate)
        + (cost.note.empty() ? std::string() : cost.note + "\n");
}

int tell(const OperationReport& report, OutputForm form)
{
    if (form == OutputForm::Json) {
        printJson(
            {{"operation", report.id}, {"kind", report.kind}, {"machine", report.machine},
             {"outcome", outcomeName(report.outcome)}, {"error", report.error}});
    } else if (report.outcome == Outcome::Done) {
        printText(report.machine + ": " + report.kind + " done.\n");
        if (!report.error.empty()) {
            std::fprintf(stderr, "note: %s\n", report.error.c_str());
        }
    } else {
        std::fprintf(
            stderr, "error: %s: %s %s: %s\n", report.machine.c_str(), report.kind.c_str(),
            report.outcome == Outcome::Undone ? "was taken back" : "failed", report.error.c_str());
    }
    return report.outcome == Outcome::Done ? 0 : 1;
}

void tellAlternatives(app::CloudSession& session, const OperationReport& report, const MachineRequest& asked, int nodes)
{
    if (report.outcome == Outcome::Done || !app::isAboutPlaceOrSize(report.finding)) {
        return;
    }
    const auto found = app::findAlternatives(session, asked, nodes, failureClassFromName(report.finding.verdict), {});
    const std::string text
        = found ? app::alternativesText(asked, *found) : "what else could be had is not known: " + found.error().message;
    std::fprintf(stderr, "note: %s\n", text.c_str());
}

} // namespace ty::cli
