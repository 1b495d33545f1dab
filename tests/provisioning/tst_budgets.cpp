#include <ctime>
#include <memory>

#include <QTemporaryDir>
#include <QTest>

#include "app/provisioning/budgets.h"

using namespace ty;
using namespace ty::app;

namespace {

cloud::CostTable costOf(std::optional<double> machine)
{
    cloud::CostTable cost;
    cost.lines = {{"Standard_D2s_v5", machine, false}, {"System disk", 0.01, true}};
    return cost;
}

} // namespace

class TestBudgets : public QObject {
    Q_OBJECT
private slots:
    void budgetsSurviveTheCatalog();
    void eachLevelIsToldOnceItIsReached();
    void aMachineIsRefusedWhenTheMonthCannotHoldIt();
    void anUnknownPriceIsNoPriceOfNothing();
    void aHardLimitMakesRoom();
    void theMonthBeginsHereNotInGreenwich();
    void whatRunsAlreadyIsCounted();

private:
    std::unique_ptr<catalog::Catalog> openCatalog();
    QTemporaryDir m_folder;
};

std::unique_ptr<catalog::Catalog> TestBudgets::openCatalog()
{
    const auto paths = catalog::Paths::below(m_folder.path().toStdString());
    if (!paths.ensure()) {
        return nullptr;
    }
    auto catalog = catalog::Catalog::open(paths);
    return catalog ? std::move(catalog).value() : nullptr;
}

void TestBudgets::budgetsSurviveTheCatalog()
{
    const auto catalog = openCatalog();
    QVERIFY(catalog);
    QVERIFY(readBudgets(*catalog) && !readBudgets(*catalog)->perMonth);
    Budgets budgets;
    budgets.perMonth = 50;
    budgets.perMachine["gpu-1"].amount = 10;
    QVERIFY(writeBudgets(*catalog, budgets));
    const auto read = readBudgets(*catalog);
    QVERIFY(read);
    QCOMPARE(read->perMonth.value_or(0), 50.0);
    QCOMPARE(read->perMachine.at("gpu-1").amount.value_or(0), 10.0);
    QVERIFY(writeBudgets(*catalog, {}));
}

void TestBudgets::eachLevelIsToldOnceItIsReached()
{
    Budgets budgets;
    budgets.perMonth = 10;
    budgets.perMachine["a"].amount = 4;
    const auto levels = [&](double spent) {
        const std::vector<catalog::Spent> all{{"sandbox", "a", "m", spent, false, "USD"}};
        std::string text;
        for (const BudgetWarning& warning : warningsOf(budgets, all, all)) {
            text += warning.machine + std::to_string(warning.percent) + " ";
        }
        return text;
    };
    QCOMPARE(levels(1.9), std::string());
    QCOMPARE(levels(2.0), std::string("a50 "));
    QCOMPARE(levels(5.0), std::string("50 a100 "));
    QCOMPARE(levels(8.0), std::string("80 a100 "));
    QCOMPARE(levels(11.0), std::string("100 a100 "));
}

void TestBudgets::aMachineIsRefusedWhenTheMonthCannotHoldIt()
{
    Budgets budgets;
    QVERIFY(checkBudget(budgets, 1000, 1000, 1000.0)); // none is set
    budgets.perMonth = 100;
    QVERIFY(checkBudget(budgets, 20, 30, 50.0));
    const auto refused = checkBudget(budgets, 20, 30, 50.01);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Quota);
    QVERIFY(refused.error().message.find("100.00") != std::string::npos);
}

void TestBudgets::anUnknownPriceIsNoPriceOfNothing()
{
    Budgets budgets;
    budgets.perMonth = 100;
    QVERIFY(!expectedCost(costOf({}), {}, 100));
    QVERIFY(!checkBudget(budgets, 0, 0, {}));
}

void TestBudgets::aHardLimitMakesRoom()
{
    cloud::MachineRequest request;
    QCOMPARE(expectedCost(costOf(0.99), request, 100).value_or(0), 100.0);
    request.hardLimitHours = 10;
    QCOMPARE(expectedCost(costOf(0.99), request, 100).value_or(0), 10 * 1.0 + 90 * 0.01);
    QCOMPARE(expectedCost(costOf(0.99), request, 5).value_or(0), 5.0); // the month ends before
}

void TestBudgets::theMonthBeginsHereNotInGreenwich()
{
    qputenv("TZ", "Europe/Berlin");
    ::tzset();
    // 2026-11-21T15:00:00Z
    const BudgetTimes times = budgetTimes(1795273200);
    QCOMPARE(times.now, std::string("2026-11-21T15:00:00.000Z"));
    QCOMPARE(times.dayBegin, std::string("2026-11-20T23:00:00.000Z"));
    QCOMPARE(times.monthBegin, std::string("2026-10-31T23:00:00.000Z"));
    QCOMPARE(times.monthHoursLeft, 9 * 24.0 + 8.0);
}

void TestBudgets::whatRunsAlreadyIsCounted()
{
    const auto catalog = openCatalog();
    QVERIFY(catalog);
    Budgets budgets;
    budgets.perMonth = 100000;
    QVERIFY(writeBudgets(*catalog, budgets));
    QVERIFY(judgeNewMachine(*catalog, costOf(1.0), {}));
    catalog::Sighting seen;
    seen.account = "sandbox";
    seen.machine = "a";
    seen.mark = "m";
    seen.state = "running";
    seen.isOn = true;
    seen.perHour = 1e9; // whatever is left of the month, this is too much
    seen.currency = "USD";
    auto charges = catalog::Charges::open(catalog->paths());
    QVERIFY(charges && (*charges)->see("sandbox", {seen}, budgetTimes(std::time(nullptr)).now));
    QVERIFY(!judgeNewMachine(*catalog, costOf(1.0), {}));
}

QTEST_GUILESS_MAIN(TestBudgets)
#include "tst_budgets.moc"
