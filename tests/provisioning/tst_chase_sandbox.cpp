#include <algorithm>
#include <map>
#include <set>

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTest>

#include "app/catalog/chases.h"
#include "app/catalog/machines.h"
#include "app/catalog/operations.h"
#include "cloud/chase/chase_place.h"
#include "cloud/chase/gpu_choice.h"
#include "cloud/provision/journal.h"
#include "cloud/sandbox/azure_regions.h"
#include "cloud/sandbox/azure_sizes.h"
#include "cloud/sandbox/gce_tables.h"
#include "tests/provisioning/sandbox_home.h"

using namespace ty;
using namespace ty::app;
using cloud::ChaseOutcome;
using cloud::ChasePlace;

namespace {

constexpr int kPatienceMs = 550'000;

/// A third of all requests goes wrong.
constexpr const char* kFaults =
    "{\"seed\": 5, \"rules\": ["
    "{\"path\": \"*/compute/v1/*\", \"probability\": 0.1, \"do\": \"status\", \"status\": 429, \"retryAfter\": 1},"
    "{\"path\": \"*/compute/v1/*\", \"probability\": 0.1, \"do\": \"status\", \"status\": 503},"
    "{\"path\": \"*/compute/v1/*\", \"probability\": 0.05, \"do\": \"drop\", \"when\": \"after\"},"
    "{\"path\": \"*/compute/v1/*\", \"probability\": 0.05, \"do\": \"drop\", \"when\": \"before\"}]}";

/// All kill points, or every nth of them.
int strideOf(int otherwise)
{
    const int set = qEnvironmentVariableIntValue("TRAINYARD_CHASE_STRIDE");
    return set > 0 ? set : otherwise;
}

/// What the sandbox's own tables say of a place.
ChaseOutcome truthOf(const ChasePlace& place)
{
    if (place.provider == "google") {
        switch (sandbox::gceOffer("nvidia-tesla-t4", place.zone)) {
        case sandbox::GceOffer::Gives: return ChaseOutcome::Given;
        case sandbox::GceOffer::NoCapacity: return ChaseOutcome::NoCapacity;
        case sandbox::GceOffer::Absent: break;
        }
        return ChaseOutcome::NotOffered;
    }
    switch (sandbox::azureOffer(*sandbox::findAzureSize("Standard_NC4as_T4_v3"), place.region, place.zone)) {
    case sandbox::AzureOffer::Gives: return ChaseOutcome::Given;
    case sandbox::AzureOffer::NoCapacity:
    case sandbox::AzureOffer::Refused: return ChaseOutcome::NoCapacity;
    case sandbox::AzureOffer::Restricted:
    case sandbox::AzureOffer::Absent: break;
    }
    return ChaseOutcome::NotOffered;
}

} // namespace

/// Hunts for a T4 in the sandbox by a program of its own, which is killed at chosen requests, too.
class TestChaseSandbox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_home.open()); }

    void cleanup() { qunsetenv("CHASE_REGIONS"); }

    void all121ZonesOfGoogleAreToldRight()
    {
        const auto places = chase(QStringLiteral("sandbox-google"));
        QCOMPARE(places.size(), std::size_t{121});
        std::map<ChaseOutcome, int> counts;
        for (const ChasePlace& place : places) {
            ++counts[place.result()];
            QVERIFY2(place.result() == truthOf(place), (place.name() + ": " + place.outcome + " " + place.reason).c_str());
        }
        QCOMPARE(counts[ChaseOutcome::Given], 12);
        QCOMPARE(counts[ChaseOutcome::NoCapacity], 72);
        QCOMPARE(counts[ChaseOutcome::NotOffered], 37);
        QVERIFY2(m_perMinute >= 100, qPrintable(QString::number(m_perMinute)));
        QCOMPARE(m_throttled, 0);
        nothingIsLeft();
    }

    void all60RegionsOfAzureAreToldRight()
    {
        const auto places = chase(QStringLiteral("sandbox"));
        std::set<std::string> regions;
        for (const ChasePlace& place : places) {
            regions.insert(place.region);
            QVERIFY2(place.result() == truthOf(place), (place.name() + ": " + place.outcome + " " + place.reason).c_str());
            QVERIFY(place.result() == ChaseOutcome::NotOffered || place.usdPerHour.has_value());
        }
        QCOMPARE(regions.size(), sandbox::azureRegions().size());
        QVERIFY(std::any_of(places.begin(), places.end(), [](const ChasePlace& place) {
            return place.result() == ChaseOutcome::Given;
        }));
        QCOMPARE(m_throttled, 0);
        nothingIsLeft();
    }

    void killedAnywhereItGoesOnAndTriesNothingTwice_data()
    {
        QTest::addColumn<QString>("account");
        QTest::addColumn<QByteArray>("regions");
        QTest::newRow("Azure") << "sandbox" << QByteArray("centralus,swedensouth,eastus");
        QTest::newRow("Google") << "sandbox-google" << QByteArray("us-central1,me-west1,asia-east1");
    }
    void killedAnywhereItGoesOnAndTriesNothingTwice()
    {
        QFETCH(QString, account);
        QFETCH(QByteArray, regions);
        qputenv("CHASE_REGIONS", regions);
        (void)chase(account);
        const int requests = m_requests;
        QVERIFY(requests > 20);
        const int stride = strideOf(std::max(1, requests / 3));
        for (int request = 1 + stride / 2; request <= requests; request += stride) {
            for (const char* when : {"before", "after"}) {
                const auto died = run({QStringLiteral("begin"), account, QString::number(request), QLatin1String(when)});
                QVERIFY2(died.isKilled || died.exitCode == 0, died.output.constData());
                const auto resumed = run({QStringLiteral("resume"), account, QStringLiteral("0"), QLatin1String(when)});
                QVERIFY2(resumed.exitCode == 0, resumed.output.constData());
                const auto places = newestPlaces();
                for (const ChasePlace& place : places) {
                    QVERIFY2(
                        place.result() == truthOf(place),
                        qPrintable(QStringLiteral("killed %1 request %2: %3: %4 %5")
                                       .arg(QLatin1String(when)).arg(request)
                                       .arg(QString::fromStdString(place.name()), QString::fromStdString(place.outcome),
                                            QString::fromStdString(place.reason))));
                }
                const auto twice = attemptsOfNewest();
                QVERIFY2(
                    std::all_of(twice.begin(), twice.end(), [](const auto& each) { return each.second == 1; }),
                    "a place was tried twice");
                nothingIsLeft();
            }
        }
    }

    void theFirstMachineIsKeptAndEverythingElseGoes()
    {
        qputenv("CHASE_REGIONS", "centralus,swedensouth,eastus");
        const auto ended = run({QStringLiteral("begin"), QStringLiteral("sandbox"), QStringLiteral("0"),
                                QStringLiteral("before"), QStringLiteral("first")});
        QVERIFY2(ended.exitCode == 0, ended.output.constData());
        const auto places = newestPlaces();
        const auto kept = std::find_if(places.begin(), places.end(), [](const ChasePlace& place) {
            return place.isKept.value_or(false);
        });
        QVERIFY(kept != places.end());
        m_home.setProvider("azure");
        auto& machines = m_home.session().machines();
        const auto all = machines.machines({});
        QVERIFY(all && all->size() == 1);
        QCOMPARE(all->front().name, kept->machine);
        const auto report = machines.remove(all->front(), {});
        QVERIFY2(report && report->outcome == cloud::Outcome::Done, "the kept machine is deleted like any other");
        nothingIsLeft();
    }

    void faultsDoNotChangeWhatIsFound()
    {
        qputenv("CHASE_REGIONS", "us-central1,me-west1,asia-east1,europe-west4");
        QVERIFY(m_home.setFaults(kFaults));
        const auto places = chase(QStringLiteral("sandbox-google"));
        QVERIFY(m_home.setFaults("{}"));
        for (const ChasePlace& place : places) {
            QVERIFY2(place.result() == truthOf(place), (place.name() + ": " + place.outcome + " " + place.reason).c_str());
        }
        nothingIsLeft();
    }

private:
    SandboxHome::Ended run(const QStringList& arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(
            QStringLiteral(CHASE_CHILD), QStringList{QString::fromStdString(m_home.paths().dataFolder())} + arguments);
        process.waitForFinished(kPatienceMs);
        SandboxHome::Ended ended{process.exitCode(), process.exitStatus() == QProcess::CrashExit, process.readAll()};
        static const QRegularExpression numbers(
            QStringLiteral("requests (\\d+) throttled (\\d+) left (\\d+) seconds ([\\d.]+) perMinute (\\d+)"));
        const auto match = numbers.match(QString::fromUtf8(ended.output));
        if (match.hasMatch()) {
            m_requests = match.captured(1).toInt();
            m_throttled = match.captured(2).toInt();
            m_perMinute = match.captured(5).toInt();
        }
        return ended;
    }

    std::vector<ChasePlace> chase(const QString& account)
    {
        const auto ended = run({QStringLiteral("begin"), account, QStringLiteral("0"), QStringLiteral("before")});
        if (ended.exitCode != 0) {
            qWarning("%s", ended.output.constData());
            return {};
        }
        return newestPlaces();
    }

    catalog::ChaseRecord newest()
    {
        return catalog::Chases::open(m_home.paths()).value()->newest().value().value();
    }

    std::vector<ChasePlace> newestPlaces()
    {
        const auto record = newest();
        return cloud::listFromJson<ChasePlace>(record.places, "places").value();
    }

    /// By place.
    std::map<std::string, int> attemptsOfNewest()
    {
        std::map<std::string, int> counts;
        const auto operations = catalog::Operations::open(m_home.paths()).value()->ofChase(newest().id).value();
        for (const auto& operation : operations) {
            ++counts[operation.request.value("place", std::string())];
        }
        return counts;
    }

    void nothingIsLeft()
    {
        for (const char* provider : {"azure", "google"}) {
            m_home.setProvider(provider);
            const auto found = m_home.inventory();
            QVERIFY2(found.empty(), found.empty() ? "" : (std::string(provider) + ": " + found.begin()->first).c_str());
        }
        QVERIFY(catalog::Operations::open(m_home.paths()).value()->openOnes().value().empty());
        QVERIFY(catalog::Machines::open(m_home.paths()).value()->all().value().empty());
    }

    SandboxHome m_home;
    int m_requests = 0;
    int m_throttled = 0;
    int m_perMinute = 0;
};

QTEST_GUILESS_MAIN(TestChaseSandbox)
#include "tst_chase_sandbox.moc"
