#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "engine/base/random.h"
#include "engine/groups/density_groups.h"
#include "engine/groups/gaussian_mixture.h"
#include "engine/groups/group_scores.h"
#include "engine/groups/hierarchy.h"
#include "engine/groups/k_means.h"
#include "engine/groups/neighbours.h"
#include "engine/linear/principal_components.h"
#include "engine/linear/symmetric_eigen.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// Clouds of deviation 1 around (0, 0, ...), (12, 12, ...), ...; row i is of cloud i % clouds.
DenseRows clouds(std::size_t rows, std::size_t columns, std::size_t count)
{
    Random random(5);
    DenseRows made(rows, columns);
    for (std::size_t i = 0; i < rows; ++i) {
        for (float& value : made.row(i)) {
            value = static_cast<float>(random.normal() + 12.0 * static_cast<double>(i % count));
        }
    }
    return made;
}

std::vector<std::uint32_t> truth(std::size_t rows, std::size_t count)
{
    std::vector<std::uint32_t> groups(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        groups[i] = static_cast<std::uint32_t>(i % count);
    }
    return groups;
}

double squaredDistance(std::span<const float> a, std::span<const float> b)
{
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
        const double difference = static_cast<double>(a[j]) - static_cast<double>(b[j]);
        sum += difference * difference;
    }
    return sum;
}

Result<bool> goOn(double)
{
    return true;
}

} // namespace

class TestGroups : public QObject {
    Q_OBJECT

private slots:
    void cloudsAreFoundByEveryWay()
    {
        const DenseRows rows = clouds(300, 5, 3);
        const auto expected = truth(300, 3);
        KMeansSettings settings;
        settings.groups = 3;
        const auto centres = fitKMeans(rows, settings, [](const KMeansPass&) -> Result<bool> { return true; });
        QVERIFY(centres);
        QCOMPARE(adjustedRandIndex(centres.value().groupOf, expected), 1.0);
        for (const Linkage linkage : {Linkage::Ward, Linkage::Average, Linkage::Complete, Linkage::Single}) {
            const auto merges = mergeRows(rows, linkage, goOn);
            QVERIFY(merges);
            QCOMPARE(merges.value().size(), std::size_t{299});
            QCOMPARE(adjustedRandIndex(cutHierarchy(merges.value(), 3), expected), 1.0);
        }
        const auto dense = findDensityGroups(rows, 3, 5, 2, goOn);
        QVERIFY(dense);
        QCOMPARE(dense.value().groups, std::size_t{3});
        MixtureSettings mixed;
        mixed.groups = 3;
        const auto mixture = fitMixture(rows, mixed, [](double, const MixtureState&) -> Result<bool> { return true; });
        QVERIFY(mixture);
        const auto parts = mixture.value().responsibilities(rows, 2);
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            const double sum = parts[3 * i] + parts[3 * i + 1] + parts[3 * i + 2];
            QVERIFY(std::abs(sum - 1) < 1e-12);
            QVERIFY(*std::max_element(parts.begin() + static_cast<std::ptrdiff_t>(3 * i), parts.begin() + static_cast<std::ptrdiff_t>(3 * i + 3)) > 0.999);
        }
        QVERIFY(silhouette(rows, expected, 2) > 0.85);
    }

    void inertiaIsTheSumOfSquaredDistancesAndFallsWithEachPass()
    {
        const DenseRows rows = clouds(500, 17, 4); // 17: a row is more than a vector wide
        KMeansSettings settings;
        settings.groups = 7;
        settings.restarts = 1;
        double before = 1e300;
        const auto made = fitKMeans(rows, settings, [&](const KMeansPass& pass) -> Result<bool> {
            const bool falls = pass.inertia <= before * (1 + 1e-5);
            before = pass.inertia;
            return falls;
        });
        QVERIFY(made);
        double sum = 0;
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            const double own = squaredDistance(rows.row(i), made.value().centres.row(made.value().groupOf[i]));
            for (std::size_t g = 0; g < settings.groups; ++g) {
                QVERIFY(own <= squaredDistance(rows.row(i), made.value().centres.row(g)) + 1e-2);
            }
            sum += own;
        }
        QVERIFY(std::abs(sum / made.value().inertia - 1) < 1e-4);
    }

    void groupsDoNotDependOnThreads()
    {
        const DenseRows rows = clouds(700, 9, 5);
        KMeansSettings settings;
        settings.groups = 6;
        settings.threads = 1;
        const auto told = [](const KMeansPass&) -> Result<bool> { return true; };
        const auto one = fitKMeans(rows, settings, told);
        settings.threads = 3;
        const auto three = fitKMeans(rows, settings, told);
        QVERIFY(one.value().groupOf == three.value().groupOf);
        QCOMPARE(one.value().inertia, three.value().inertia);
        settings.groups = 701;
        QVERIFY(!fitKMeans(rows, settings, told));
    }

    void neighboursAreThoseOfACompleteSearch()
    {
        const DenseRows rows = clouds(900, 6, 2); // more than a block of points
        const auto found = nearestPoints(rows, rows, 4, 2);
        for (std::size_t i = 0; i < rows.rows(); i += 37) {
            std::vector<std::pair<double, std::size_t>> all;
            for (std::size_t j = 0; j < rows.rows(); ++j) {
                all.emplace_back(squaredDistance(rows.row(i), rows.row(j)), j);
            }
            std::sort(all.begin(), all.end());
            for (std::size_t k = 0; k < 4; ++k) {
                QVERIFY(std::abs(static_cast<double>(found[4 * i + k].distance) - all[k].first) < 1e-3);
            }
        }
    }

    void rowsBetweenDensePlacesAreNoise()
    {
        DenseRows rows(43, 1);
        for (std::size_t i = 0; i < 20; ++i) {
            rows.row(i)[0] = 0.1F * static_cast<float>(i);
            rows.row(20 + i)[0] = 10 + 0.1F * static_cast<float>(i);
        }
        rows.row(40)[0] = 5;    // alone
        rows.row(41)[0] = 6;    // alone
        rows.row(42)[0] = 2.1F; // at the border of the first place: a neighbour of a core row
        const auto made = findDensityGroups(rows, 0.25, 4, 1, goOn);
        QVERIFY(made);
        QCOMPARE(made.value().groups, std::size_t{2});
        QCOMPARE(made.value().groupOf[40], DensityGroups::kNoise);
        QCOMPARE(made.value().groupOf[41], DensityGroups::kNoise);
        QCOMPARE(made.value().groupOf[42], 0U);
        QVERIFY(!made.value().isCore[42]);
        QVERIFY(!findDensityGroups(rows, 0.25, 4, 1, [](double) -> Result<bool> { return false; }));
    }

    void aHierarchysHeightsAreThoseOfScipy()
    {
        // scipy.cluster.hierarchy.linkage of [0, 1, 3, 7, 12], one column: the heights by hand too.
        DenseRows rows(5, 1);
        const float values[] = {0, 1, 3, 7, 12};
        for (std::size_t i = 0; i < 5; ++i) {
            rows.row(i)[0] = values[i];
        }
        const auto heights = [&](Linkage linkage) {
            std::vector<double> made;
            const auto merges = mergeRows(rows, linkage, goOn);
            for (const Merge& merge : merges.value()) {
                made.push_back(std::round(merge.height * 1e4) / 1e4);
            }
            return made;
        };
        QVERIFY((heights(Linkage::Single) == std::vector<double>{1, 2, 4, 5}));
        QVERIFY((heights(Linkage::Complete) == std::vector<double>{1, 3, 5, 12}));
        QVERIFY((heights(Linkage::Average) == std::vector<double>{1, 2.5, 5, 8.1667}));
        QVERIFY((heights(Linkage::Ward) == std::vector<double>{1, 2.8868, 5, 12.6517}));
    }

    void agreementIsThatOfScikitLearn()
    {
        // sklearn.metrics.adjusted_rand_score([0,0,1,1,2,2], [0,0,1,2,2,2]) of scikit-learn 1.2.1.
        const std::vector<std::uint32_t> one{0, 0, 1, 1, 2, 2};
        const std::vector<std::uint32_t> other{0, 0, 1, 2, 2, 2};
        QVERIFY(std::abs(adjustedRandIndex(one, other) - 0.4444444) < 1e-6);
        QCOMPARE(adjustedRandIndex(one, one), 1.0);
    }

    void eigenvectorsMakeTheMatrixAgain()
    {
        constexpr std::size_t kSize = 33;
        Random random(9);
        std::vector<double> matrix(kSize * kSize);
        for (std::size_t i = 0; i < kSize; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                matrix[i * kSize + j] = matrix[j * kSize + i] = random.normal();
            }
        }
        const SymmetricEigen eigen = eigenOf(matrix, kSize);
        QVERIFY(std::is_sorted(eigen.values.begin(), eigen.values.end()));
        for (std::size_t i = 0; i < kSize; ++i) {
            for (std::size_t j = 0; j < kSize; ++j) {
                double sum = 0;
                double product = 0;
                for (std::size_t v = 0; v < kSize; ++v) {
                    sum += eigen.values[v] * eigen.vectors[v * kSize + i] * eigen.vectors[v * kSize + j];
                    product += eigen.vectors[i * kSize + v] * eigen.vectors[j * kSize + v];
                }
                QVERIFY(std::abs(sum - matrix[i * kSize + j]) < 1e-11);
                QVERIFY(std::abs(product - (i == j ? 1 : 0)) < 1e-12);
            }
        }
        QCOMPARE(eigenOf({4}, 1).values.front(), 4.0);
    }

    void eigenvectorsAreGivenUpWhenAsked()
    {
        const DenseRows rows = clouds(200, 40, 3);
        int left = 60; // after the way down has ended
        const auto mayGoOn = [&left] { return left-- > 0; };
        QCOMPARE(findComponents(rows, 40, 2, mayGoOn).components(), std::size_t{0});
        QCOMPARE(left, -1); // and it does not ask again
        QCOMPARE(findComponents(rows, 40, 2, [] { return true; }).components(), std::size_t{40});
    }

    void componentsAreUncorrelatedAndHoldAllVariance()
    {
        const DenseRows rows = clouds(400, 20, 3);
        const PrincipalComponents found = findComponents(rows, 20, 2);
        const double sum = std::accumulate(found.variances.begin(), found.variances.end(), 0.0);
        QVERIFY(std::abs(sum / found.totalVariance - 1) < 1e-9);
        const DenseRows projected = found.project(rows, 2);
        for (std::size_t a = 0; a < 3; ++a) {
            for (std::size_t b = a; b < 3; ++b) {
                double product = 0;
                for (std::size_t i = 0; i < rows.rows(); ++i) {
                    product += static_cast<double>(projected.row(i)[a]) * static_cast<double>(projected.row(i)[b]) / 399;
                }
                QVERIFY(std::abs(product - (a == b ? found.variances[a] : 0)) < 1e-4 * found.variances[0]);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestGroups)
#include "tst_groups.moc"
