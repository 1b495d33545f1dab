#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/catalog/charges.h"
#include "cloud/model/fields.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

struct MachineBudget {
    std::optional<double> amount;
    std::string mark; ///< of the creation that it is for; empty: of whatever bears the name

    void fields(auto& f)
    {
        f("amount", amount);
        f("mark", mark);
    }
};

/// How much the person wants to spend at most, in one currency. Sandbox machines count as if they were real.
struct Budgets {
    std::string currency = "USD";
    std::optional<double> perMonth;
    std::map<std::string, MachineBudget> perMachine; ///< by name, over its whole life

    void fields(auto& f)
    {
        f("currency", currency);
        f("perMonth", perMonth);
        f("perMachine", perMachine);
    }
};

Result<Budgets> readBudgets(catalog::Catalog& catalog);
Result<void> writeBudgets(catalog::Catalog& catalog, const Budgets& budgets);
/// Adds what machines were created with, where nobody set another budget since. Errors: those of the catalog.
Result<void> addOwnBudgets(const catalog::Paths& paths, Budgets& budgets);

/// A budget of which a noteworthy part is spent.
struct BudgetWarning {
    std::string machine; ///< empty: of the month
    int percent = 0;     ///< 50, 80 or 100: the highest that was reached
    double spent = 0;
    double budget = 0;
    bool isPartial = false; ///< something without a known price comes on top
};

/// The warnings that these amounts deserve. `month`: of this month; `ever`: since the machines were made.
std::vector<BudgetWarning> warningsOf(
    const Budgets& budgets, const std::vector<catalog::Spent>& month, const std::vector<catalog::Spent>& ever);

/// What a machine that is asked for may cost until the month ends, or until its hard limit if that is sooner; nothing when
/// its price is not known. `hoursLeft`: of the month.
std::optional<double> expectedCost(
    const cloud::CostTable& cost, const cloud::MachineRequest& request, double hoursLeft);

/// Whether a new machine fits into what is left of the month's budget.
/// `spent`: this month, by all; `committed`: what those that are on will cost until its end.
/// Errors: Quota, with the figures and how to go on all the same.
Result<void> checkBudget(
    const Budgets& budgets, double spent, double committed, const std::optional<double>& expected);

/// The same from what the catalog knows: what was spent, and what is on now. Errors: Quota, and those of the catalog.
Result<void> judgeNewMachine(
    catalog::Catalog& catalog, const std::optional<cloud::CostTable>& cost, const cloud::MachineRequest& request);

/// The beginning of this month and of today here, and the hours until the month's end. UTC.
struct BudgetTimes {
    std::string now;
    std::string dayBegin;
    std::string monthBegin;
    double monthHoursLeft = 0;
};
/// `now`: seconds since 1970; local time zone of the computer.
BudgetTimes budgetTimes(std::int64_t now);

} // namespace ty::app
