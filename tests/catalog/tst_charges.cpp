#include <memory>

#include <QTemporaryDir>
#include <QTest>

#include "app/catalog/charges.h"

using namespace ty;
using namespace ty::catalog;

namespace {

Sighting sighting(const std::string& machine, bool isOn, double perHour)
{
    Sighting seen;
    seen.account = "sandbox";
    seen.machine = machine;
    seen.mark = "mark-of-" + machine;
    seen.state = isOn ? "running" : "off";
    seen.isOn = isOn;
    seen.perHour = perHour;
    seen.currency = "USD";
    return seen;
}

constexpr const char* kBegin = "2026-11-01T00:00:00.000Z";
constexpr const char* kEnd = "2026-12-01T00:00:00.000Z";

} // namespace

class TestCharges : public QObject {
    Q_OBJECT
private slots:
    void init();
    void anHourOnCostsItsPrice();
    void theStateBeforeHoldsUntilTheCloudConfirmsAnother();
    void aMachineThatIsGoneCostsNothingMore();
    void theFirstChargeBeginsWithTheMachine();
    void onlyTheAskedTimeCounts();
    void whatHasNoPriceIsToldNotCountedAsNothing();
    void anotherMachineOfThatNameIsAnotherOne();

private:
    double spent(const char* from = kBegin, const char* to = kEnd);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Charges> m_charges;
};

void TestCharges::init()
{
    m_charges.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    const auto paths = Paths::below(m_folder->path().toStdString());
    QVERIFY(paths.ensure());
    auto charges = Charges::open(paths);
    QVERIFY(charges);
    m_charges = std::move(charges).value();
}

double TestCharges::spent(const char* from, const char* to)
{
    const auto all = m_charges->spent(from, to);
    double sum = 0;
    for (const Spent& each : all ? *all : std::vector<Spent>()) {
        sum += each.amount;
    }
    return sum;
}

void TestCharges::anHourOnCostsItsPrice()
{
    QVERIFY(m_charges->see("sandbox", {sighting("a", true, 0.5)}, "2026-11-21T10:00:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {sighting("a", true, 0.5)}, "2026-11-21T10:30:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {sighting("a", true, 0.5)}, "2026-11-21T11:00:00.000Z"));
    QVERIFY(qAbs(spent() - 0.5) < 1e-6);
    const auto current = m_charges->current();
    QVERIFY(current);
    QCOMPARE(current->size(), std::size_t(1)); // one state, one row
}

void TestCharges::theStateBeforeHoldsUntilTheCloudConfirmsAnother()
{
    QVERIFY(m_charges->see("sandbox", {sighting("a", true, 1.0)}, "2026-11-21T10:00:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {sighting("a", false, 0.1)}, "2026-11-21T12:00:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {sighting("a", false, 0.1)}, "2026-11-21T22:00:00.000Z"));
    QVERIFY(qAbs(spent() - (2.0 + 1.0)) < 1e-6);
}

void TestCharges::aMachineThatIsGoneCostsNothingMore()
{
    QVERIFY(m_charges->see("sandbox", {sighting("a", true, 1.0)}, "2026-11-21T10:00:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {}, "2026-11-21T11:00:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {}, "2026-11-21T15:00:00.000Z"));
    QVERIFY(qAbs(spent() - 1.0) < 1e-6);
    const auto current = m_charges->current();
    QVERIFY(current && current->empty());
    // Another account's silence says nothing about this one's machines.
    QVERIFY(m_charges->see("other", {}, "2026-11-21T16:00:00.000Z"));
}

void TestCharges::theFirstChargeBeginsWithTheMachine()
{
    Sighting seen = sighting("a", true, 1.0);
    seen.created = "2026-11-21T08:00:00.1234567+00:00"; // as Azure writes it
    QVERIFY(m_charges->see("sandbox", {seen}, "2026-11-21T10:00:00.000Z"));
    QVERIFY(qAbs(spent() - 2.0) < 1e-6);
}

void TestCharges::onlyTheAskedTimeCounts()
{
    QVERIFY(m_charges->see("sandbox", {sighting("a", true, 1.0)}, "2026-10-31T20:00:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {sighting("a", true, 1.0)}, "2026-11-01T06:00:00.000Z"));
    QVERIFY(qAbs(spent() - 6.0) < 1e-6);
    QVERIFY(qAbs(spent("2026-10-31T00:00:00.000Z", "2026-10-31T22:00:00.000Z") - 2.0) < 1e-6);
}

void TestCharges::whatHasNoPriceIsToldNotCountedAsNothing()
{
    Sighting seen = sighting("a", true, 0.0);
    seen.isPartial = true;
    QVERIFY(m_charges->see("sandbox", {seen}, "2026-11-21T10:00:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {seen}, "2026-11-21T11:00:00.000Z"));
    const auto all = m_charges->spent(kBegin, kEnd);
    QVERIFY(all);
    QCOMPARE(all->size(), std::size_t(1));
    QVERIFY(all->front().isPartial);
}

void TestCharges::anotherMachineOfThatNameIsAnotherOne()
{
    QVERIFY(m_charges->see("sandbox", {sighting("a", true, 1.0)}, "2026-11-21T10:00:00.000Z"));
    Sighting again = sighting("a", true, 1.0);
    again.mark = "another";
    QVERIFY(m_charges->see("sandbox", {again}, "2026-11-21T11:00:00.000Z"));
    QVERIFY(m_charges->see("sandbox", {again}, "2026-11-21T12:00:00.000Z"));
    const auto all = m_charges->spent(kBegin, kEnd);
    QVERIFY(all);
    QCOMPARE(all->size(), std::size_t(2));
    QVERIFY(qAbs(spent() - 2.0) < 1e-6);
}

QTEST_GUILESS_MAIN(TestCharges)
#include "tst_charges.moc"
