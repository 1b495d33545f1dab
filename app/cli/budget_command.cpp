#include "app/cli/budget_command.h"

#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

#include "app/provisioning/budgets.h"

namespace ty::cli {

namespace {

using app::Budgets;

constexpr const char* kEver = "2000-01-01T00:00:00.000Z";

/// Nothing for "none".
Result<std::optional<double>> amountOf(const std::string& text)
{
    if (text == "none") {
        return std::optional<double>{};
    }
    char* end = nullptr;
    const double amount = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(amount > 0) || amount > 1e9) {
        return Error{ErrorKind::Usage, "\"" + text + "\" is no amount", "Give a number above 0, or none."};
    }
    return std::optional<double>(amount);
}

struct Row {
    std::string name; ///< empty: the month
    double spent = 0;
    bool isPartial = false;
    std::optional<double> budget;
};

std::vector<Row> rowsOf(
    const Budgets& budgets, const std::vector<catalog::Spent>& month, const std::vector<catalog::Spent>& ever)
{
    std::vector<Row> rows(1);
    rows.front().budget = budgets.perMonth;
    for (const catalog::Spent& spent : month) {
        rows.front().spent += spent.amount;
        rows.front().isPartial = rows.front().isPartial || spent.isPartial;
    }
    std::map<std::string, Row> machines;
    for (const catalog::Spent& spent : ever) {
        Row& row = machines[spent.machine];
        row.spent += spent.amount;
        row.isPartial = row.isPartial || spent.isPartial;
    }
    for (const auto& [name, budget] : budgets.perMachine) {
        machines[name].budget = budget.amount;
    }
    for (auto& [name, row] : machines) {
        row.name = name;
        rows.push_back(row);
    }
    return rows;
}

} // namespace

Result<int> budgetCommand(catalog::Catalog& catalog, const CloudRequest& request)
{
    TY_TRY(Budgets budgets, app::readBudgets(catalog));
    if (!request.amount.empty()) {
        TY_TRY(const auto amount, amountOf(request.amount));
        if (request.machine.empty()) {
            budgets.perMonth = amount;
        } else if (amount) {
            budgets.perMachine[request.machine].amount = amount;
        } else {
            budgets.perMachine.erase(request.machine);
        }
        TY_CHECK(app::writeBudgets(catalog, budgets));
    }
    const app::BudgetTimes times = app::budgetTimes(std::time(nullptr));
    TY_TRY(const auto charges, catalog::Charges::open(catalog.paths()));
    TY_TRY(const auto month, charges->spent(times.monthBegin, times.now));
    TY_TRY(const auto ever, charges->spent(kEver, times.now));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const Row& row : rowsOf(budgets, month, ever)) {
        all.push_back(
            {{"machine", row.name.empty() ? Json(nullptr) : Json(row.name)}, {"spent", row.spent},
             {"plusUnknown", row.isPartial}, {"budget", row.budget ? Json(*row.budget) : Json(nullptr)}});
        rows.push_back(
            {row.name.empty() ? "this month, all" : row.name + ", ever",
             fmt::format("{:.2f} {}{}", row.spent, budgets.currency, row.isPartial ? " + unknown" : ""),
             row.budget ? fmt::format("{:.2f} {}", *row.budget, budgets.currency) : "none",
             row.budget ? fmt::format("{:.0f} %", 100 * row.spent / *row.budget) : "-"});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"currency", budgets.currency}, {"budgets", all}});
    } else {
        printText(
            table({"WHAT", "SPENT", "BUDGET", "USED"}, rows)
            + "List prices before tax, by states that the clouds confirmed; machines of the sandbox count as if they were real.\n");
    }
    return 0;
}

} // namespace ty::cli
