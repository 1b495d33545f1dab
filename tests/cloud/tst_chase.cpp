#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <QProcess>
#include <QTemporaryFile>
#include <QTest>

#include "cloud/chase/chase_plan.h"
#include "cloud/chase/chase_runner.h"
#include "cloud/chase/chase_script.h"
#include "cloud/chase/chase_table.h"
#include "cloud/chase/gpu_choice.h"
#include "cloud/chase/region_places.h"
#include "cloud/chase/utc_time.h"
#include "cloud/http/paced_transport.h"

using namespace ty;
using namespace ty::cloud;
using namespace std::chrono_literals;

namespace {

ChasePlace placeIn(const std::string& region, const std::string& zone, std::optional<double> usdPerHour)
{
    ChasePlace place;
    place.account = "lab";
    place.provider = "azure";
    place.scope = "s1";
    place.region = region;
    place.zone = zone;
    place.gpu = "NVIDIA T4";
    place.size = "Standard_NC4as_T4_v3";
    place.family = "Standard NCASv3_T4 Family";
    place.isOffered = true;
    place.usdPerHour = usdPerHour;
    if (const auto point = pointOf(region)) {
        place.latitude = point->latitude;
        place.longitude = point->longitude;
    }
    return place;
}

Finding refusedBy(FailureClass failure, const std::string& code, BlockScope scope, int seconds)
{
    Finding finding;
    finding.verdict = failureClassName(failure);
    finding.code = code;
    finding.scope = blockScopeName(scope);
    finding.blockSeconds = seconds;
    return finding;
}

/// Gives what it is told to, by place.
class ToyWorld : public ChaseWorld {
public:
    Result<AttemptEnd> attempt(
        const ChasePlace& place, const std::string& machine, const Hooks& hooks, std::stop_token) override
    {
        const int now = ++m_trying;
        {
            const std::lock_guard lock(mutex);
            machines.push_back(machine);
            most = std::max(most, now);
        }
        std::this_thread::sleep_for(length);
        AttemptEnd end;
        const auto found = answers.find(place.name());
        JournalNote note;
        if (hooks.isCancelled()) {
            end.outcome = Outcome::Undone;
            end.error = "cancelled";
        } else if (found == answers.end()) {
            end.finding.verdict = Finding::kAllocated;
            end.finding.isKept = hooks.isEnough();
        } else {
            end.outcome = Outcome::Undone;
            end.finding = found->second;
            end.error = found->second.code;
        }
        note.finding = end.finding.verdict.empty() ? std::string() : end.finding.text();
        note.direction = end.outcome == Outcome::Undone ? Direction::Undo : Direction::Forward;
        note.error = end.error;
        --m_trying;
        hooks.watch(note);
        std::this_thread::sleep_for(cleaning);
        return end;
    }
    void keepBlock(const Block& block) override
    {
        const std::lock_guard lock(mutex);
        blocks.push_back(block);
    }
    void keepPlaces(const std::vector<ChasePlace>&) override {}

    std::map<std::string, Finding> answers; ///< refusals; who is not here gives
    std::chrono::milliseconds length{5};
    std::chrono::milliseconds cleaning{0};
    std::mutex mutex;
    std::vector<std::string> machines;
    std::vector<Block> blocks;
    int most = 0;

private:
    std::atomic<int> m_trying{0};
};

class CountingTransport : public Transport {
public:
    Result<HttpResponse> send(const HttpRequest&, std::stop_token) override { return answer; }
    HttpResponse answer{200, {}, {}};
};

ChaseRequest wanted(bool testsAll)
{
    ChaseRequest request;
    request.gpu = "T4";
    request.testsAll = testsAll;
    request.machine.name = "t4-ab12";
    return request;
}

ChaseState runToEnd(ToyWorld& world, const ChaseRequest& request, std::vector<ChasePlace> places)
{
    ChaseRunner runner(world, request, std::move(places), {});
    runner.run({});
    return runner.state();
}

} // namespace

class TestChase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void gpusAreFoundByTheNamesThatPeopleUse()
    {
        for (const char* name : {"T4", "t4", "Tesla T4", "NVIDIA T4", "nvidia-tesla-t4"}) {
            QCOMPARE(foldedGpu(name), std::string("t4"));
        }
        QVERIFY(foldedGpu("A10") != foldedGpu("A100"));
        const auto four = chooseGoogleMachine("T4", 1, false);
        QVERIFY(four && four->accelerator == "nvidia-tesla-t4" && four->machineType == "n1-standard-4" && !four->isBuiltIn);
        QCOMPARE(four->quota, std::string("NVIDIA_T4_GPUS"));
        QVERIFY(chooseGoogleMachine("H100", 8, false)->isBuiltIn);
        QVERIFY(!chooseGoogleMachine("MI300X", 8, false));
        QVERIFY(!chooseGoogleMachine("T4", 3, false));
    }

    void theSmallestSizeThatIsOfferedIsChosen()
    {
        const auto sku = [](const char* name, const char* family, const char* cores, const char* gpus, bool isClosed) {
            azure::ResourceSku made;
            made.resourceType = "virtualMachines";
            made.name = name;
            made.family = family;
            made.locations = {"westeurope"};
            made.capabilities = {{"vCPUs", cores}, {"GPUs", gpus}};
            if (isClosed) {
                made.restrictions.push_back({"Location", "NotAvailableForSubscription", {"westeurope"}, {"westeurope"}, {}});
            }
            return made;
        };
        std::vector<azure::ResourceSku> skus{
            sku("Standard_NC16as_T4_v3", "Standard NCASv3_T4 Family", "16", "1", false),
            sku("Standard_NC8as_T4_v3", "Standard NCASv3_T4 Family", "8", "1", false),
            sku("Standard_NC64as_T4_v3", "Standard NCASv3_T4 Family", "64", "4", false),
            sku("Standard_NC4as_T4_v3", "Standard NCASv3_T4 Family", "4", "1", true),
            sku("Standard_NC24ads_A100_v4", "StandardNCADSA100v4Family", "24", "1", false)};
        QCOMPARE(chooseAzureSize(skus, "westeurope", "T4", 1)->name, std::string("Standard_NC8as_T4_v3"));
        QCOMPARE(chooseAzureSize(skus, "westeurope", "T4", 4)->name, std::string("Standard_NC64as_T4_v3"));
        QCOMPARE(chooseAzureSize(skus, "westeurope", "A100", 1)->name, std::string("Standard_NC24ads_A100_v4"));
        QVERIFY(chooseAzureSize(skus, "westeurope", "A10", 1) == nullptr);
    }

    void placesAreTriedByPriceOrDistanceAndUnknownOnesLast()
    {
        std::vector<ChasePlace> places{
            placeIn("eastus", "1", 0.9), placeIn("japaneast", "1", 0.5), placeIn("westeurope", "1", std::nullopt),
            placeIn("northeurope", "1", 0.7)};
        ChaseRequest request = wanted(true);
        request.triesUnknownPrice = true;
        arrange(places, request, {}, std::chrono::system_clock::now());
        const auto names = [&] {
            std::string all;
            for (const ChasePlace& place : places) {
                all += place.region + " ";
            }
            return all;
        };
        QCOMPARE(names(), std::string("japaneast northeurope eastus westeurope "));
        request.order = "distance";
        request.near = "westeurope";
        arrange(places, request, {}, std::chrono::system_clock::now());
        QCOMPARE(names(), std::string("westeurope northeurope eastus japaneast "));
        QVERIFY(places[1].kilometres > 700 && places[1].kilometres < 800); // Amsterdam to Dublin
    }

    void anUnknownPriceIsNeverNothing()
    {
        std::vector<ChasePlace> places{placeIn("eastus", "1", std::nullopt), placeIn("eastus", "2", 4.0)};
        ChaseRequest request = wanted(true);
        arrange(places, request, {}, std::chrono::system_clock::now());
        QCOMPARE(places[0].zone, std::string("2"));
        QVERIFY(places[1].result() == ChaseOutcome::NoPrice);
        QCOMPARE(previewOf(places, request).mostUsd, std::optional(1.0)); // a quarter of an hour
        request.triesUnknownPrice = true;
        places[1].setResult(ChaseOutcome::Waiting);
        arrange(places, request, {}, std::chrono::system_clock::now());
        QVERIFY(places[1].result() == ChaseOutcome::Waiting);
        QVERIFY(!previewOf(places, request).mostUsd);
        ToyWorld world;
        const ChaseState state = runToEnd(world, request, places);
        QCOMPARE(state.unknownPrices, 1);
        QVERIFY(!state.places[1].usdSpent);
    }

    void theFirstMachineIsKeptAndNoOtherIsMade()
    {
        ToyWorld world;
        world.answers["eastus/1"] = refusedBy(FailureClass::NoCapacity, "ZonalAllocationFailed", BlockScope::Zone, 3600);
        ChaseRequest request = wanted(false);
        request.parallel = 1;
        const ChaseState state = runToEnd(
            world, request, {placeIn("eastus", "1", 1), placeIn("eastus", "2", 1), placeIn("westeurope", "1", 1)});
        QCOMPARE(state.winner, 1);
        QVERIFY(state.places[1].isKept.value());
        QCOMPARE(world.machines.size(), std::size_t{2});
        QCOMPARE(state.places[1].machine, std::string("t4-ab12-eastus-2"));
        QVERIFY(state.places[2].result() == ChaseOutcome::NotTried);
        QCOMPARE(state.waiting, 0);
    }

    void outOfManyAtATimeOneIsKept()
    {
        ToyWorld world;
        ChaseRequest request = wanted(false);
        request.parallel = 8;
        std::vector<ChasePlace> places;
        for (int i = 0; i < 40; ++i) {
            places.push_back(placeIn("region" + std::to_string(i), "1", 1));
        }
        const ChaseState state = runToEnd(world, request, places);
        const auto kept = std::count_if(state.places.begin(), state.places.end(), [](const ChasePlace& place) {
            return place.isKept.value_or(false);
        });
        QCOMPARE(kept, 1);
        QVERIFY(world.machines.size() <= 16);
        QVERIFY(world.most <= 8);
    }

    void theLimitOfParallelAttemptsIsNotOfThoseThatAreCleanedUp()
    {
        ToyWorld world;
        world.cleaning = 400ms; // as a network card that stays reserved
        ChaseRequest request = wanted(true);
        request.parallel = 4;
        std::vector<ChasePlace> places;
        for (int i = 0; i < 24; ++i) {
            places.push_back(placeIn("region" + std::to_string(i), "1", 1));
        }
        const auto begin = std::chrono::steady_clock::now();
        const ChaseState state = runToEnd(world, request, places);
        const auto took = std::chrono::steady_clock::now() - begin;
        QCOMPARE(state.given, 24);
        QVERIFY(world.most <= 4);
        QVERIFY2(took < 2s, "waiting for each would take 2.4 s and more");
    }

    void aBlockCoversWhatItsScopeSays()
    {
        const auto now = std::chrono::system_clock::now();
        const ChasePlace first = placeIn("eastus", "1", 1);
        const auto covers = [&](BlockScope scope, const ChasePlace& place, bool isSpot = false) {
            BlockList list;
            list.add({"lab", BlockList::keyOf(first, scope, false), "no-capacity", "x", now + 1h});
            return list.find(place, isSpot, now) != nullptr;
        };
        ChasePlace large = first;
        large.size = "Standard_NC8as_T4_v3";
        ChasePlace elsewhere = placeIn("westus3", "1", 1);
        ChasePlace other = first;
        other.account = "other";
        QVERIFY(covers(BlockScope::Zone, first));
        QVERIFY(!covers(BlockScope::Zone, placeIn("eastus", "2", 1)));
        QVERIFY(!covers(BlockScope::Zone, first, true)); // spot runs out apart
        QVERIFY(covers(BlockScope::Region, placeIn("eastus", "2", 1)));
        QVERIFY(!covers(BlockScope::Region, large));
        QVERIFY(covers(BlockScope::Family, large));
        QVERIFY(covers(BlockScope::WholeRegion, large));
        QVERIFY(!covers(BlockScope::WholeRegion, elsewhere));
        QVERIFY(covers(BlockScope::Subscription, elsewhere));
        QVERIFY(!covers(BlockScope::Subscription, other));
    }

    void whatARegionRefusedIsNotAskedThereAgain()
    {
        ToyWorld world;
        world.answers["eastus/1"] = refusedBy(FailureClass::NoCapacity, "SkuNotAvailable", BlockScope::Region, 82'800);
        ChaseRequest request = wanted(true);
        request.parallel = 1;
        const ChaseState state = runToEnd(
            world, request, {placeIn("eastus", "1", 1), placeIn("eastus", "2", 1), placeIn("westeurope", "1", 1)});
        QCOMPARE(world.machines.size(), std::size_t{2});
        QVERIFY(state.places[1].result() == ChaseOutcome::NoCapacity);
        QVERIFY(state.places[1].tried.empty());
        QVERIFY(state.places[1].reason.find("SkuNotAvailable in eastus/1") != std::string::npos);
        QCOMPARE(world.blocks.size(), std::size_t{1});
        const auto hours = world.blocks[0].until - std::chrono::system_clock::now();
        QVERIFY(hours > 22h && hours <= 23h);
    }

    void aMissingRightEndsAnAccountAndIsNotRemembered()
    {
        ToyWorld world;
        for (int i = 0; i < 9; ++i) {
            world.answers["region" + std::to_string(i) + "/1"]
                = refusedBy(FailureClass::Permission, "AuthorizationFailed", BlockScope::Subscription, 0);
        }
        ChaseRequest request = wanted(true);
        request.parallel = 1;
        std::vector<ChasePlace> places;
        for (int i = 0; i < 9; ++i) {
            places.push_back(placeIn("region" + std::to_string(i), "1", 1));
        }
        const ChaseState state = runToEnd(world, request, places);
        QCOMPARE(world.machines.size(), std::size_t{1});
        QVERIFY(std::all_of(state.places.begin(), state.places.end(), [](const ChasePlace& place) {
            return place.result() == ChaseOutcome::Permission;
        }));
        QVERIFY(world.blocks.empty());
    }

    void attemptsStopBeforeTheyMayCostMoreThanTheLimit()
    {
        ToyWorld world;
        ChaseRequest request = wanted(true);
        request.maxCost = 1.0; // four at 1 USD an hour, a quarter of an hour each
        request.parallel = 8;
        std::vector<ChasePlace> places;
        for (int i = 0; i < 6; ++i) {
            places.push_back(placeIn("region" + std::to_string(i), "1", 1));
        }
        places.push_back(placeIn("dear", "1", 8)); // two dollars for a quarter of an hour
        const ChaseState state = runToEnd(world, request, places);
        QVERIFY(world.most <= 4);
        QCOMPARE(state.given, 6); // what ends early gives its share back
        QVERIFY(state.places.back().result() == ChaseOutcome::OverCap);
        QVERIFY(state.spentUsd >= 6.0 / 60 - 1e-9 && state.spentUsd < 1); // a minute each at least
    }

    void whereNothingBecameKnownIsAskedAgain()
    {
        class Unsure : public ToyWorld {
        public:
            Result<AttemptEnd> attempt(
                const ChasePlace& place, const std::string& machine, const Hooks& hooks, std::stop_token stop) override
            {
                answers["eastus/1"] = refusedBy(FailureClass::Transient, "ServerTimeout", BlockScope::Nothing, 0);
                if (place.tries == 2) {
                    answers.clear();
                }
                return ToyWorld::attempt(place, machine, hooks, stop);
            }
        } world;
        ChaseRunner runner(world, wanted(true), {placeIn("eastus", "1", 1)}, {});
        runner.setTryAgainAfter(20ms);
        runner.run({});
        QCOMPARE(runner.state().given, 1);
        QCOMPARE(world.machines, (std::vector<std::string>{"t4-ab12-eastus-1", "t4-ab12-eastus-1-r2"}));
    }

    void stoppedItTakesBackAndGoesOnLater()
    {
        ToyWorld world;
        world.length = 50ms;
        ChaseRequest request = wanted(true);
        request.parallel = 2;
        std::vector<ChasePlace> places;
        for (int i = 0; i < 12; ++i) {
            places.push_back(placeIn("region" + std::to_string(i), "1", 1));
        }
        ChaseRunner runner(world, request, places, {});
        std::jthread other([&] {
            std::this_thread::sleep_for(120ms);
            runner.stop();
        });
        runner.run({});
        const ChaseState stopped = runner.state();
        QVERIFY(stopped.waiting > 0);
        QCOMPARE(stopped.trying + stopped.cleaning, 0);
        const ChaseState rest = runToEnd(world, request, stopped.places);
        QCOMPARE(rest.given, 12);
    }

    void pausedItBeginsNothing()
    {
        ToyWorld world;
        ChaseRunner runner(world, wanted(true), {placeIn("eastus", "1", 1)}, {});
        runner.setPaused(true);
        std::jthread running([&] { runner.run({}); });
        std::this_thread::sleep_for(300ms);
        QVERIFY(world.machines.empty());
        QVERIFY(runner.state().isPaused);
        runner.setPaused(false);
        running.join();
        QCOMPARE(runner.state().given, 1);
    }

    void theTableIsSafeToOpen()
    {
        ChasePlace place = placeIn("eastus", "1", std::nullopt);
        place.setResult(ChaseOutcome::NoCapacity, "=cmd|'/C calc'!A0, \"quoted\"\nsecond line");
        place.seconds = 12.5;
        const std::string csv = chaseCsv({place});
        QVERIFY(csv.starts_with("zone,gpu,offered,allocated,reason,time,seconds,usd_per_hour,"));
        QVERIFY(csv.find("eastus/1,NVIDIA T4,yes,no,\"'=cmd|'/C calc'!A0, \"\"quoted\"\"\nsecond line\",,12.5,,no-capacity") != std::string::npos);
    }

    void theScriptIsCleanAndQuotesHostileNames()
    {
        ChasePlace hostile = placeIn("eastus", "1", 1);
        hostile.scope = "s'1; touch /tmp/owned; $(reboot) `id`";
        ChasePlace google = placeIn("europe-west4", "europe-west4-a", 1);
        google.provider = "google";
        google.gpu = "nvidia-tesla-t4";
        google.size = "n1-standard-4";
        ChaseRequest request = wanted(true);
        request.machine.name = "it's";
        request.machine.image = "Canonical:ubuntu:22_04:latest";
        request.machine.user = "trainer";
        request.googleImage = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2204-lts";
        const std::string script = chaseScript({hostile, google}, request);
        QVERIFY(script.find("'s'\\''1; touch /tmp/owned; $(reboot) `id`'") != std::string::npos);
        QVERIFY(script.find("'type=nvidia-tesla-t4,count=1' 'ubuntu-os-cloud' 'ubuntu-2204-lts'") != std::string::npos);
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write(QByteArray::fromStdString(script));
        file.close();
        QCOMPARE(QProcess::execute(QStringLiteral("bash"), {QStringLiteral("-n"), file.fileName()}), 0);
        QProcess check;
        check.start(QStringLiteral("shellcheck"), {file.fileName()});
        if (check.waitForStarted()) { // not everywhere installed
            check.waitForFinished();
            QVERIFY2(check.exitCode() == 0, check.readAll().constData());
        }
    }

    void requestsAreHeldBelowTheLimitsOfTheService()
    {
        CountingTransport inner;
        auto now = std::chrono::steady_clock::time_point();
        const auto begin = now;
        PacedTransport paced(
            inner, {{10, 5}, {4, 2}, {4, 2}}, [&] { return now; },
            [&](std::chrono::milliseconds wait, const std::stop_token&) {
                now += wait;
                return true;
            });
        HttpRequest write;
        write.method = "PUT";
        for (int i = 0; i < 24; ++i) {
            QVERIFY(paced.send(write, {}));
        }
        const double seconds = std::chrono::duration<double>(now - begin).count();
        QVERIFY2(seconds >= 10 && seconds < 10.5, qPrintable(QString::number(seconds))); // 4 at once, 2 a second
        // Somebody else used up what there was.
        inner.answer.headers.set("x-ms-ratelimit-remaining-subscription-reads", "0");
        QVERIFY(paced.send({}, {}));
        const auto before = now;
        QVERIFY(paced.send({}, {}));
        QVERIFY(now - before >= 190ms);
    }

    void timesAreReadAsTheyAreWritten()
    {
        const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
        QVERIFY(utcTime(utcText(now)) == now);
        QVERIFY(utcTime("2026-11-21T08:15:30Z").has_value());
        QVERIFY(!utcTime("yesterday").has_value());
    }

    void wrongRequestsSayWhatIsWrong_data()
    {
        QTest::addColumn<QString>("change");
        for (const char* change : {"gpu", "gpus", "parallel", "cost", "order", "near"}) {
            QTest::newRow(change) << change;
        }
    }
    void wrongRequestsSayWhatIsWrong()
    {
        QFETCH(QString, change);
        ChaseRequest request = wanted(true);
        QVERIFY(checkChase(request));
        if (change == "gpu") {
            request.gpu = " NVIDIA ";
        } else if (change == "gpus") {
            request.gpus = 0;
        } else if (change == "parallel") {
            request.parallel = 1000;
        } else if (change == "cost") {
            request.maxCost = 0;
        } else if (change == "order") {
            request.order = "mood";
        } else {
            request.order = "distance";
            request.near = "91,0";
        }
        QVERIFY(!checkChase(request));
    }

    void whoMayReachTheKeptMachineIsAskedBefore_data()
    {
        QTest::addColumn<bool>("testsAll");
        QTest::addColumn<QString>("block");
        QTest::addColumn<bool>("isFine");
        QTest::newRow("nobody") << false << "" << false;
        QTest::newRow("nobody, but none is kept") << true << "" << true;
        QTest::newRow("one address") << false << "203.0.113.7/32" << true;
        QTest::newRow("no address") << false << "home" << false;
        QTest::newRow("everybody") << false << "0.0.0.0/0" << false;
    }

    void whoMayReachTheKeptMachineIsAskedBefore()
    {
        QFETCH(bool, testsAll);
        QFETCH(QString, block);
        QFETCH(bool, isFine);
        ChaseRequest request = wanted(testsAll);
        request.machine.allowedFrom.clear();
        if (!block.isEmpty()) {
            request.machine.allowedFrom = {block.toStdString()};
        }
        QVERIFY(checkChase(request)); // looking needs it not
        QCOMPARE(checkReach(request).isOk(), isFine);
    }
};

QTEST_GUILESS_MAIN(TestChase)
#include "tst_chase.moc"
