#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/base/random.h"
#include "engine/trees/binned_table.h"
#include "engine/trees/forest.h"
#include "engine/trees/forest_check.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

struct Made {
    FeatureTable table;
    std::vector<float> targets;
};

std::vector<std::uint32_t> firstRows(std::size_t count)
{
    std::vector<std::uint32_t> rows(count);
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

/// Class 1 where just one of two numbers is above 0; a third number says nothing.
Made exclusiveOr(std::size_t rows)
{
    Made made{FeatureTable({{"a", 0}, {"b", 0}, {"noise", 0}}, rows), {}};
    Random random(3);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t f = 0; f < 3; ++f) {
            made.table.column(f)[i] = static_cast<float>(random.normal());
        }
        made.targets.push_back((made.table.column(0)[i] > 0) != (made.table.column(1)[i] > 0) ? 1.0F : 0.0F);
    }
    return made;
}

Forest grow(const Made& made, std::size_t rows, int outputs, const ForestSettings& settings, int threads = 2)
{
    ForestGrowth growth(made.table, made.targets, firstRows(rows), outputs, settings, threads);
    growth.grow(settings.trees);
    return growth.take();
}

double accuracyFrom(const Forest& forest, const Made& made, std::size_t first)
{
    const std::vector<double> answers = forest.answers(made.table, 2);
    const auto outputs = static_cast<std::size_t>(forest.outputs);
    std::size_t right = 0;
    for (std::size_t row = first; row < made.targets.size(); ++row) {
        const auto begin = answers.begin() + static_cast<std::ptrdiff_t>(row * outputs);
        right += static_cast<float>(std::max_element(begin, begin + forest.outputs) - begin) == made.targets[row] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(made.targets.size() - first);
}

ForestSettings settingsOf(int trees, SplitSearch search = SplitSearch::Best)
{
    ForestSettings settings;
    settings.trees = trees;
    settings.tree.features = 2;
    settings.tree.search = search;
    return settings;
}

bool isSame(const Forest& a, const Forest& b)
{
    if (a.trees.size() != b.trees.size()) {
        return false;
    }
    for (std::size_t t = 0; t < a.trees.size(); ++t) {
        const auto& nodes = a.trees[t].nodes;
        if (a.trees[t].values != b.trees[t].values || nodes.size() != b.trees[t].nodes.size()) {
            return false;
        }
        for (std::size_t n = 0; n < nodes.size(); ++n) {
            if (nodes[n].feature != b.trees[t].nodes[n].feature || nodes[n].threshold != b.trees[t].nodes[n].threshold) {
                return false;
            }
        }
    }
    return true;
}

} // namespace

class TestForest : public QObject {
    Q_OBJECT

private slots:
    void whatOneQuestionCannotTellIsLearned_data()
    {
        QTest::addColumn<bool>("isRandom");
        QTest::newRow("random forest") << false;
        QTest::newRow("extra trees") << true;
    }

    void whatOneQuestionCannotTellIsLearned()
    {
        QFETCH(bool, isRandom);
        const Made made = exclusiveOr(3000);
        const Forest forest = grow(made, 2000, 2, settingsOf(30, isRandom ? SplitSearch::Random : SplitSearch::Best));
        QVERIFY(accuracyFrom(forest, made, 2000) > (isRandom ? 0.93 : 0.96));
        const std::vector<double> importance = forest.impurityImportance();
        QVERIFY(importance[0] > 2 * importance[2] && importance[1] > 2 * importance[2]);
        QVERIFY(std::abs(importance[0] + importance[1] + importance[2] - 1) < 1e-9);
    }

    void theSameSeedGivesTheSameForestOnAnyNumberOfThreads()
    {
        const Made made = exclusiveOr(500);
        const ForestSettings settings = settingsOf(13);
        const Forest one = grow(made, 500, 2, settings, 1);
        QVERIFY(isSame(one, grow(made, 500, 2, settings, 5)));
        ForestSettings other = settings;
        other.seed = 2;
        QVERIFY(!isSame(one, grow(made, 500, 2, other, 1)));

        ForestGrowth once(made.table, made.targets, firstRows(500), 2, settings, 3);
        once.grow(13);
        ForestGrowth bitByBit(made.table, made.targets, firstRows(500), 2, settings, 1);
        while (!bitByBit.isComplete()) {
            bitByBit.grow(2);
        }
        QVERIFY(once.outOfBag().answers == bitByBit.outOfBag().answers);
    }

    void theOutOfBagScoreIsThatOfNewRows()
    {
        const Made made = exclusiveOr(4000);
        ForestGrowth growth(made.table, made.targets, firstRows(2000), 2, settingsOf(40), 2);
        growth.grow(40);
        const OutOfBag unseen = growth.outOfBag();
        QCOMPARE(unseen.rows.size(), std::size_t{2000}); // after 40 draws of two thirds each row was left out once
        double right = 0;
        for (std::size_t i = 0; i < unseen.rows.size(); ++i) {
            right += (unseen.answers[2 * i + 1] > 0.5) == (made.targets[unseen.rows[i]] > 0.5F) ? 1 : 0;
        }
        QVERIFY(std::abs(right / 2000 - accuracyFrom(growth.forest(), made, 2000)) < 0.03);
    }

    void categoriesAreDividedWithoutAnOrder()
    {
        Made made{FeatureTable({{"letter", 26}}, 2600), {}};
        for (std::size_t i = 0; i < 2600; ++i) {
            made.table.column(0)[i] = static_cast<float>(i % 26);
            made.targets.push_back((i % 26) % 3 == 1 ? 1.0F : 0.0F);
        }
        ForestSettings settings = settingsOf(1);
        settings.sampling = RowSampling::All;
        const Forest forest = grow(made, 2600, 2, settings);
        QCOMPARE(forest.trees.front().nodes.size(), std::size_t{3}); // one question is enough
        QCOMPARE(accuracyFrom(forest, made, 0), 1.0);
    }

    void anOrderOfCategoriesIsCutWhereTheClassesPart_data()
    {
        QTest::addColumn<SplitSearch>("search");
        QTest::newRow("best") << SplitSearch::Best;
        QTest::newRow("random") << SplitSearch::Random;
    }

    // Codes 0, 1, 2 ... stand at the places 7, 14, 21 ... of 25; only even places are met in training, the upper half is class 1, and 13, which
    // lies between both, is not asked for.
    void anOrderOfCategoriesIsCutWhereTheClassesPart()
    {
        QFETCH(SplitSearch, search);
        Feature size{"size", 25};
        for (std::size_t code = 0; code < 25; ++code) {
            size.ranks.push_back(static_cast<std::uint8_t>((7 * code + 7) % 25));
        }
        Made made{FeatureTable({size}, 1000), {}};
        std::size_t met = 0;
        for (const bool isEven : {true, false}) {
            for (std::size_t i = 0; i < 500; ++i) {
                std::size_t code = i % 25;
                while ((size.ranks[code] % 2 == 0) != isEven || size.ranks[code] == 13) {
                    code = (code + 1) % 25;
                }
                made.table.column(0)[made.targets.size()] = static_cast<float>(code);
                made.targets.push_back(size.ranks[code] > 12 ? 1.0F : 0.0F);
            }
            met = isEven ? made.targets.size() : met;
        }
        ForestSettings settings = settingsOf(1);
        settings.sampling = RowSampling::All;
        settings.tree.search = search;
        settings.tree.categories = CategorySplits::Ordered;
        const Forest forest = grow(made, met, 2, settings);
        QCOMPARE(accuracyFrom(forest, made, 0), 1.0);
        if (search == SplitSearch::Best) {
            QCOMPARE(forest.trees.front().nodes.size(), std::size_t{3}); // one question is enough
        }
    }

    // Of places 0 to 22 only the first and the last three are met.
    void anUnmetCategoryFollowsTheNearerOne()
    {
        Feature size{"size", 23};
        for (std::uint8_t code = 0; code < 23; ++code) {
            size.ranks.push_back(code);
        }
        Made made{FeatureTable({size}, 62), {}};
        for (std::size_t i = 0; i < 62; ++i) {
            const std::size_t met = i % 6 < 3 ? i % 3 : 20 + i % 3;
            const std::size_t place = i < 60 ? met : i == 60 ? 8 : 15; // nearer to 2, nearer to 20
            made.table.column(0)[i] = static_cast<float>(place);
            made.targets.push_back(place > 11 ? 1.0F : 0.0F);
        }
        ForestSettings settings = settingsOf(1);
        settings.sampling = RowSampling::All;
        settings.tree.categories = CategorySplits::Ordered;
        QCOMPARE(accuracyFrom(grow(made, 60, 2, settings), made, 0), 1.0);
    }

    void missingValuesLieOnEitherSideOfAnOrder()
    {
        for (const bool isMissingAsLow : {true, false}) {
            Made made{FeatureTable({{"size", 8, {3, 1, 2, 0, 7, 6, 5, 4}}}, 900), {}};
            for (std::size_t i = 0; i < 900; ++i) {
                const bool isMissing = i % 9 == 8;
                const std::size_t code = i % 9;
                made.table.column(0)[i] = isMissing ? kMissing : static_cast<float>(code);
                const bool isLow = isMissing ? isMissingAsLow : code < 4;
                made.targets.push_back(isLow ? 0.0F : 1.0F);
            }
            ForestSettings settings = settingsOf(1);
            settings.sampling = RowSampling::All;
            settings.tree.categories = CategorySplits::Ordered;
            const Forest forest = grow(made, 900, 2, settings);
            QCOMPARE(forest.trees.front().nodes.size(), std::size_t{3});
            QCOMPARE(accuracyFrom(forest, made, 0), 1.0);
        }
    }

    void aMissingValueIsAnAnswerOfItsOwn()
    {
        Made made{FeatureTable({{"a", 0}, {"c", 3}}, 900), {}};
        for (std::size_t i = 0; i < 900; ++i) {
            const bool isMissing = i % 3 == 0;
            made.table.column(0)[i] = isMissing ? kMissing : static_cast<float>(i % 7);
            made.table.column(1)[i] = i % 4 == 3 ? kMissing : static_cast<float>(i % 4);
            made.targets.push_back(isMissing != (i % 4 == 3) ? 1.0F : 0.0F);
        }
        ForestSettings settings = settingsOf(1);
        settings.sampling = RowSampling::All;
        QCOMPARE(accuracyFrom(grow(made, 900, 2, settings), made, 0), 1.0);
    }

    void valuesAreLearned()
    {
        Made made{FeatureTable({{"a", 0}}, 2000), {}};
        Random random(5);
        for (std::size_t i = 0; i < 2000; ++i) {
            const double x = random.uniform(-3, 3);
            made.table.column(0)[i] = static_cast<float>(x);
            made.targets.push_back(static_cast<float>(std::sin(x)));
        }
        ForestSettings settings = settingsOf(30);
        settings.tree.leafSamples = 3;
        const Forest forest = grow(made, 1500, 1, settings);
        const std::vector<double> answers = forest.answers(made.table, 1);
        double worst = 0;
        for (std::size_t row = 1500; row < 2000; ++row) {
            worst = std::max(worst, std::abs(answers[row] - static_cast<double>(made.targets[row])));
        }
        QVERIFY2(worst < 0.1, qPrintable(QString::number(worst)));
    }

    void limitsAreKept()
    {
        const Made made = exclusiveOr(1000);
        ForestSettings settings = settingsOf(5);
        settings.tree.maxDepth = 4;
        settings.tree.leafSamples = 20;
        settings.tree.impurity = Impurity::Entropy;
        for (const Tree& tree : grow(made, 1000, 2, settings).trees) {
            QVERIFY(tree.depth() <= 4);
            for (const float samples : tree.samples) {
                QVERIFY(samples >= 20);
            }
        }
    }

    void samplingDrawsWhatItSays_data()
    {
        QTest::addColumn<int>("sampling");
        QTest::addColumn<double>("rows"); // that a tree grows on
        QTest::newRow("all") << static_cast<int>(RowSampling::All) << 900.0;
        QTest::newRow("bootstrap") << static_cast<int>(RowSampling::Bootstrap) << 900.0;
        QTest::newRow("uniform") << static_cast<int>(RowSampling::Uniform) << 630.0;
        QTest::newRow("balancing") << static_cast<int>(RowSampling::Balancing) << 630.0;
    }

    void samplingDrawsWhatItSays()
    {
        QFETCH(int, sampling);
        QFETCH(double, rows);
        Made made = exclusiveOr(900);
        for (std::size_t i = 0; i < 900; ++i) {
            made.targets[i] = i % 9 == 0 ? 1.0F : 0.0F; // one class is rare
        }
        ForestSettings settings = settingsOf(1);
        settings.sampling = static_cast<RowSampling>(sampling);
        settings.outOfBag = 0.3;
        settings.tree.splitSamples = 100000; // the root's answer is the classes' shares
        const Forest forest = grow(made, 900, 2, settings);
        QCOMPARE(static_cast<double>(forest.trees.front().samples.front()), rows);
        const double share = static_cast<double>(forest.trees.front().values[1]);
        QVERIFY(settings.sampling == RowSampling::Balancing ? share == 0.5 : std::abs(share - 1.0 / 9) < 0.04);
    }

    void manyValuesShareBins()
    {
        FeatureTable table({{"a", 0}}, 100'000);
        for (std::size_t i = 0; i < 100'000; ++i) {
            table.column(0)[i] = static_cast<float>(i % 5 == 0 ? 0 : i); // a fifth of the rows has one value
        }
        const BinnedTable binned(table, 16, 1);
        QVERIFY(binned.valueBins(0) >= 14 && binned.valueBins(0) <= 16);
        std::vector<int> counts(17);
        for (std::size_t i = 0; i < 100'000; ++i) {
            ++counts[binned.column(0)[i]];
        }
        for (int bin = 1; bin < binned.valueBins(0); ++bin) {
            QVERIFY(counts[static_cast<std::size_t>(bin)] > 2000 && counts[static_cast<std::size_t>(bin)] < 12'000);
        }
    }

    void aForestThatLeadsNowhereIsRefused()
    {
        const Made made = exclusiveOr(200);
        const Forest good = grow(made, 200, 2, settingsOf(2));
        QVERIFY(checkForest(good));
        const auto spoilt = [&](auto&& spoil) {
            Forest bad = good;
            spoil(bad.trees[1]);
            return !checkForest(bad);
        };
        QVERIFY(spoilt([](Tree& tree) { tree.nodes[0].right = 0; }));
        QVERIFY(spoilt([](Tree& tree) { tree.nodes[0].right = 1'000'000; }));
        QVERIFY(spoilt([](Tree& tree) { tree.nodes[0].feature = 3; }));
        QVERIFY(spoilt([](Tree& tree) { tree.nodes[0].setAndSide = 4; }));
        QVERIFY(spoilt([](Tree& tree) { tree.nodes.back().right = 1'000'000; }));
        QVERIFY(spoilt([](Tree& tree) { tree.values.pop_back(); }));
        QVERIFY(spoilt([](Tree& tree) { tree.nodes.clear(); }));
    }
};

QTEST_GUILESS_MAIN(TestForest)
#include "tst_forest.moc"
