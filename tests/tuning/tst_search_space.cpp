#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/learn/chosen_learner.h"
#include "engine/tuning/search_points.h"
#include "engine/tuning/search_space.h"

using namespace ty;
using namespace ty::engine;

class TestSearchSpace : public QObject {
    Q_OBJECT

    static ParameterTable tableOf(const std::string& learner)
    {
        const auto found = findLearner(learner);
        return found ? found.value()->parameters() : ParameterTable();
    }

private slots:
    void theTableNamesWhatIsSearched()
    {
        const SearchSpace space = SearchSpace::of(tableOf("boost"));
        QVERIFY(space.ranges().size() >= 4);
        const Json settings = space.at(std::vector<double>(space.ranges().size(), 0.5));
        QVERIFY(tableOf("boost").complete(settings));
        QVERIFY(settings["rounds"].is_number_integer());
        QVERIFY(std::abs(settings["rate"].get<double>() - std::sqrt(0.01 * 0.5)) < 1e-12); // the middle of a logarithm
        QVERIFY(SearchSpace::of(tableOf("baseline")).isEmpty());
    }

    void everyPointOfASpaceIsAllowed()
    {
        for (const auto& learner : makeLearners()) {
            const SearchSpace space = SearchSpace::of(learner->parameters());
            for (std::uint64_t i = 0; i < 50; ++i) {
                const auto point = haltonPoint(space.ranges().size(), 1, i);
                const auto whole = learner->parameters().complete(space.at(point));
                QVERIFY2(whole, whole ? "" : (learner->name() + ": " + whole.error().message).c_str());
            }
        }
    }

    void rangesAreReadAsTyped()
    {
        const auto space = SearchSpace::parse(tableOf("svm"), {"cost=0.1..100:log", "kernel=linear,rbf"});
        QVERIFY2(space, space ? "" : space.error().message.c_str());
        const Json low = space.value().at(std::vector<double>{0, 0});
        const Json high = space.value().at(std::vector<double>{0.999999, 0.999999});
        QVERIFY(std::abs(low["cost"].get<double>() - 0.1) < 1e-9 && low["kernel"] == "linear");
        QVERIFY(std::abs(high["cost"].get<double>() - 100) < 0.01 && high["kernel"] == "rbf");
    }

    void wrongRangesAreExplained_data()
    {
        QTest::addColumn<QString>("range");
        QTest::addColumn<QString>("why");
        QTest::newRow("unknown") << "costs=1..2" << "no setting \"costs\"";
        QTest::newRow("turned round") << "cost=5..1" << "below the second";
        QTest::newRow("no number") << "cost=a..1" << "\"a\" is not a number";
        QTest::newRow("not allowed") << "cost=-1..1" << "cost";
        QTest::newRow("logarithm of zero") << "cost=0..1:log" << "cost";
        QTest::newRow("unknown word") << "kernel=linear,round" << "round";
    }

    void wrongRangesAreExplained()
    {
        QFETCH(QString, range);
        QFETCH(QString, why);
        const auto space = SearchSpace::parse(tableOf("svm"), {range.toStdString()});
        QVERIFY(!space);
        QVERIFY2(space.error().message.find(why.toStdString()) != std::string::npos, space.error().message.c_str());
    }

    void wholeNumbersAreAllAsLikely()
    {
        SearchRange range;
        range.isWhole = true;
        range.low = 1;
        range.high = 3;
        std::array<int, 4> counts{};
        for (int i = 0; i < 300; ++i) {
            ++counts[static_cast<std::size_t>(range.at((i + 0.5) / 300).get<int>())];
        }
        QCOMPARE(counts[1], 100);
        QCOMPARE(counts[2], 100);
        QCOMPARE(counts[3], 100);
    }

    void aGridStaysWithinItsRunsAndReachesTheEnds()
    {
        const auto space = SearchSpace::parse(tableOf("svm"), {"cost=0.01..100:log", "kernel=linear,rbf"});
        const auto grid = space.value().grid(11);
        QCOMPARE(grid.size(), std::size_t{10}); // 5 x 2
        std::set<double> costs;
        for (const Json& settings : grid) {
            costs.insert(settings["cost"].get<double>());
        }
        QCOMPARE(costs.size(), std::size_t{5});
        QVERIFY(std::abs(*costs.begin() - 0.01) < 1e-12 && std::abs(*costs.rbegin() - 100) < 1e-9);
    }

    void haltonPointsFillTheSpaceMoreEvenlyThanRandomOnes()
    {
        // Of 64 points in 64 squares of a plane: how many squares hold one.
        const auto filled = [](auto pointAt) {
            std::set<int> squares;
            for (std::uint64_t i = 0; i < 64; ++i) {
                const auto point = pointAt(i);
                squares.insert(static_cast<int>(point[0] * 8) * 8 + static_cast<int>(point[1] * 8));
            }
            return squares.size();
        };
        for (const std::uint64_t seed : {1, 2, 3}) {
            const auto halton = filled([seed](std::uint64_t i) { return haltonPoint(2, seed, i); });
            const auto random = filled([seed](std::uint64_t i) { return randomPoint(2, seed, i); });
            QVERIFY2(halton > random && halton >= 46, qPrintable(QStringLiteral("%1 against %2").arg(halton).arg(random)));
        }
        QVERIFY(haltonPoint(5, 1, 7) == haltonPoint(5, 1, 7));
        QVERIFY(haltonPoint(5, 1, 7) != haltonPoint(5, 2, 7));
        QVERIFY(randomPoint(5, 1, 7) != randomPoint(5, 1, 8));
    }
};

QTEST_GUILESS_MAIN(TestSearchSpace)
#include "tst_search_space.moc"
