#include "app/provisioning/budgets.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/catalog/machines.h"
#include "app/provisioning/operation_keys.h"

namespace ty::app {

namespace {

constexpr const char* kSetting = "budgets";
constexpr std::array kLevels{100, 80, 50};
constexpr double kSecondsPerHour = 3600;

/// The highest level that is reached; 0: none.
int levelOf(double spent, double budget)
{
    for (const int level : kLevels) {
        if (spent * 100 >= budget * level) {
            return level;
        }
    }
    return 0;
}

void warn(
    std::vector<BudgetWarning>& warnings, const std::string& machine, double spent, double budget, bool isPartial)
{
    if (const int level = levelOf(spent, budget); level > 0) {
        warnings.push_back({machine, level, spent, budget, isPartial});
    }
}

std::string utcText(std::time_t time)
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.000Z", fmt::gmtime(time));
}

} // namespace

Result<Budgets> readBudgets(catalog::Catalog& catalog)
{
    TY_TRY(const Json stored, catalog.setting(kSetting, Json::object()));
    return cloud::fromJson<Budgets>(stored, "the budgets");
}

Result<void> writeBudgets(catalog::Catalog& catalog, const Budgets& budgets)
{
    return catalog.setSetting(kSetting, cloud::toJson(budgets));
}

Result<void> addOwnBudgets(const catalog::Paths& paths, Budgets& budgets)
{
    TY_TRY(const auto machines, catalog::Machines::open(paths));
    TY_TRY(const auto records, machines->all());
    for (const catalog::MachineRecord& record : records) {
        const cloud::MachineRequest request = requestOf(record.details);
        if (request.budget) {
            budgets.perMachine.try_emplace(record.name, MachineBudget{request.budget, textOf(record.details, kMarkKey)});
        }
    }
    return {};
}

std::vector<BudgetWarning> warningsOf(
    const Budgets& budgets, const std::vector<catalog::Spent>& month, const std::vector<catalog::Spent>& ever)
{
    std::vector<BudgetWarning> warnings;
    if (budgets.perMonth) {
        double sum = 0;
        bool isPartial = false;
        for (const catalog::Spent& spent : month) {
            sum += spent.amount;
            isPartial = isPartial || spent.isPartial;
        }
        warn(warnings, {}, sum, *budgets.perMonth, isPartial);
    }
    for (const auto& [machine, budget] : budgets.perMachine) {
        if (!budget.amount) {
            continue;
        }
        double sum = 0;
        bool isPartial = false;
        for (const catalog::Spent& spent : ever) {
            if (spent.machine == machine && (budget.mark.empty() || spent.mark == budget.mark)) {
                sum += spent.amount;
                isPartial = isPartial || spent.isPartial;
            }
        }
        warn(warnings, machine, sum, *budget.amount, isPartial);
    }
    return warnings;
}

std::optional<double> expectedCost(
    const cloud::CostTable& cost, const cloud::MachineRequest& request, double hoursLeft)
{
    const auto on = cost.perHour(true);
    const auto off = cost.perHour(false);
    if (!on || !off) {
        return {};
    }
    const double hoursOn = request.hardLimitHours
        ? std::min(hoursLeft, static_cast<double>(*request.hardLimitHours))
        : hoursLeft;
    return *on * hoursOn + *off * (hoursLeft - hoursOn);
}

Result<void> checkBudget(
    const Budgets& budgets, double spent, double committed, const std::optional<double>& expected)
{
    if (!budgets.perMonth) {
        return {};
    }
    const std::string advice
        = "Choose a smaller size or a shorter hard limit, raise the budget, or agree to go over it (--over-budget).";
    if (!expected) {
        return Error{
            ErrorKind::Quota, "the price is not known, so nobody can say whether the month's budget holds", advice};
    }
    const double sum = spent + committed + *expected;
    if (sum <= *budgets.perMonth) {
        return {};
    }
    return Error{
        ErrorKind::Quota,
        fmt::format(
            "this month's budget is {0:.2f} {4}; {1:.2f} {4} are spent, {2:.2f} {4} go to what runs already, and this machine "
            "may cost {3:.2f} {4}",
            *budgets.perMonth, spent, committed, *expected, budgets.currency),
        advice};
}

Result<void> judgeNewMachine(
    catalog::Catalog& catalog, const std::optional<cloud::CostTable>& cost, const cloud::MachineRequest& request)
{
    TY_TRY(const Budgets budgets, readBudgets(catalog));
    if (!budgets.perMonth) {
        return {};
    }
    const BudgetTimes times = budgetTimes(std::time(nullptr));
    TY_TRY(const auto charges, catalog::Charges::open(catalog.paths()));
    TY_TRY(const auto month, charges->spent(times.monthBegin, times.now));
    TY_TRY(const auto current, charges->current());
    double spent = 0;
    for (const catalog::Spent& each : month) {
        spent += each.amount;
    }
    double committed = 0;
    for (const catalog::Charge& charge : current) {
        committed += charge.perHour * times.monthHoursLeft;
    }
    const auto expected = cost ? expectedCost(*cost, request, times.monthHoursLeft) : std::nullopt;
    return checkBudget(budgets, spent, committed, expected);
}

BudgetTimes budgetTimes(std::int64_t now)
{
    const auto time = static_cast<std::time_t>(now);
    std::tm local{};
    ::localtime_r(&time, &local);
    std::tm day = local;
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    day.tm_isdst = -1; // it may have begun in the other time of the year
    std::tm month = day;
    month.tm_mday = 1;
    std::tm next = month;
    next.tm_mon += 1;
    BudgetTimes times;
    times.now = utcText(time);
    times.dayBegin = utcText(std::mktime(&day));
    times.monthBegin = utcText(std::mktime(&month));
    times.monthHoursLeft = std::difftime(std::mktime(&next), time) / kSecondsPerHour;
    return times;
}

} // namespace ty::app
