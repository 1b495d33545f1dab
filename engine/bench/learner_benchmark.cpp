#include "engine/bench/learner_benchmark.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <numeric>

#include "engine/base/files.h"
#include "engine/base/random.h"
#include "engine/groups/k_means.h"
#include "engine/kernels/support_vectors.h"
#include "engine/linear/logistic_regression.h"
#include "engine/linear/naive_bayes.h"
#include "engine/linear/principal_components.h"
#include "engine/trees/forest.h"

namespace ty::engine {

namespace {

constexpr std::size_t kColumns = 15;
constexpr std::array<int, kColumns> kCategories{8, 4, 6, 8, 2, 8, 6, 4, 8, 8, 6, 4, 8, 6, 8};

/// A table as the file holds it.
struct Table {
    std::vector<int> categories;
    std::size_t rows = 0;
    std::size_t training = 0;
    std::vector<float> values; ///< column by column
    std::vector<float> targets;

    FeatureTable features(std::size_t first, std::size_t last) const
    {
        std::vector<Feature> features;
        for (std::size_t c = 0; c < categories.size(); ++c) {
            features.push_back({"c" + std::to_string(c), categories[c]});
        }
        FeatureTable made(features, last - first);
        for (std::size_t c = 0; c < categories.size(); ++c) {
            const auto from = values.begin() + static_cast<std::ptrdiff_t>(c * rows);
            std::copy(from + static_cast<std::ptrdiff_t>(first), from + static_cast<std::ptrdiff_t>(last), made.column(c).begin());
        }
        return made;
    }
    DenseRows hot(std::size_t first, std::size_t last) const
    {
        DenseRows made(last - first, static_cast<std::size_t>(std::accumulate(categories.begin(), categories.end(), 0)));
        std::size_t at = 0;
        for (std::size_t c = 0; c < categories.size(); ++c) {
            for (std::size_t row = first; row < last; ++row) {
                made.row(row - first)[at + static_cast<std::size_t>(values[c * rows + row])] = 1;
            }
            at += static_cast<std::size_t>(categories[c]);
        }
        return made;
    }
    std::span<const float> trainingTargets() const { return std::span(targets).first(training); }
};

Result<Table> readTable(const std::string& file)
{
    TY_TRY(const std::string bytes, readFile(file));
    std::array<std::int32_t, 4> head{};
    std::memcpy(head.data(), bytes.data(), sizeof head);
    Table table;
    table.rows = static_cast<std::size_t>(head[0]);
    table.training = static_cast<std::size_t>(head[2]);
    const auto columns = static_cast<std::size_t>(head[1]);
    table.categories.resize(columns);
    table.values.resize(columns * table.rows);
    table.targets.resize(table.rows);
    const char* from = bytes.data() + sizeof head;
    std::memcpy(table.categories.data(), from, columns * sizeof(int));
    from += columns * sizeof(int);
    std::memcpy(table.values.data(), from, table.values.size() * sizeof(float));
    from += table.values.size() * sizeof(float);
    std::memcpy(table.targets.data(), from, table.rows * sizeof(float));
    return table;
}

double secondsSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Area under the curve of the second class. @param answers  {rows, 2}
double areaUnderCurve(const std::vector<double>& answers, std::span<const float> targets)
{
    std::vector<std::pair<double, bool>> scored;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        scored.emplace_back(answers[2 * i + 1], targets[i] > 0.5F);
    }
    std::sort(scored.begin(), scored.end());
    double ranks = 0;
    double positives = 0;
    for (std::size_t i = 0; i < scored.size();) {
        std::size_t end = i;
        while (end < scored.size() && scored[end].first == scored[i].first) {
            ++end;
        }
        for (std::size_t k = i; k < end; ++k) {
            if (scored[k].second) {
                ranks += static_cast<double>(i + 1 + end) / 2;
                ++positives;
            }
        }
        i = end;
    }
    return (ranks - positives * (positives + 1) / 2) / (positives * (static_cast<double>(scored.size()) - positives));
}

/// Times `fit()`, which gives a model, and `ask(model)`, which gives the score.
template<typename Fit, typename Ask>
Result<Json> timed(const Fit& fit, const Ask& ask)
{
    const auto begin = std::chrono::steady_clock::now();
    TY_TRY(const auto model, fit());
    const double fitted = secondsSince(begin);
    const auto asked = std::chrono::steady_clock::now();
    const double score = ask(model);
    return Json{{"fitSeconds", fitted}, {"predictSeconds", secondsSince(asked)}, {"score", score}};
}

Result<Json> fitForest(const std::string& file, int threads)
{
    TY_TRY(const Table table, readTable(file));
    const FeatureTable training = table.features(0, table.training);
    const FeatureTable test = table.features(table.training, table.rows);
    ForestSettings settings;
    settings.tree.features = 3; // the root of the columns
    settings.isOutOfBagCounted = false; // the peer does not by itself
    const auto fit = [&]() -> Result<Forest> {
        std::vector<std::uint32_t> rows(table.training);
        std::iota(rows.begin(), rows.end(), 0U);
        ForestGrowth growth(training, table.targets, std::move(rows), 2, settings, threads);
        growth.grow(settings.trees);
        return growth.take();
    };
    return timed(fit, [&](const Forest& forest) {
        return areaUnderCurve(forest.answers(test, threads), std::span(table.targets).subspan(table.training));
    });
}

Result<Json> fitSvm(const std::string& file, int threads)
{
    TY_TRY(const Table table, readTable(file));
    const DenseRows training = table.hot(0, table.training);
    const DenseRows test = table.hot(table.training, table.rows);
    SvmSettings settings;
    settings.kernel.gamma = 1.0 / static_cast<double>(training.columns());
    const auto fit = [&]() -> Result<SupportVectors> {
        SvmProgress progress;
        return fitSupportVectors(training, table.trainingTargets(), 2, settings, threads, progress);
    };
    return timed(fit, [&](const SupportVectors& svm) {
        return areaUnderCurve(svm.answers(test, threads), std::span(table.targets).subspan(table.training));
    });
}

Result<Json> fitLogisticCase(const std::string& file, int threads)
{
    TY_TRY(const Table table, readTable(file));
    const DenseRows training = table.hot(0, table.training);
    const DenseRows test = table.hot(table.training, table.rows);
    LogisticSettings settings;
    settings.threads = threads;
    const auto fit = [&] {
        return fitLogistic(training, table.trainingTargets(), 2, settings, [](int, double, const LinearOutputs&) -> Result<bool> { return true; });
    };
    return timed(fit, [&](const LinearOutputs& linear) {
        return areaUnderCurve(linear.outputs(test, threads), std::span(table.targets).subspan(table.training)); // ranks need no sigmoid
    });
}

Result<Json> fitBayes(const std::string& file, int threads)
{
    TY_TRY(const Table table, readTable(file));
    const DenseRows training = table.hot(0, table.training);
    const DenseRows test = table.hot(table.training, table.rows);
    BayesSettings settings;
    settings.kind = BayesKind::Bernoulli;
    settings.smoothing = 1;
    settings.thresholds.assign(training.columns(), 0.5F);
    settings.scales.assign(training.columns(), 1.0);
    settings.shifts.assign(training.columns(), 0.0);
    return timed([&] { return fitNaiveBayes(training, table.trainingTargets(), 2, settings); }, [&](const NaiveBayes& bayes) {
        return areaUnderCurve(bayes.answers(test, threads), std::span(table.targets).subspan(table.training));
    });
}

Result<Json> fitKMeansCase(const std::string& file, int threads)
{
    TY_TRY(const Table table, readTable(file));
    const DenseRows training = table.hot(0, table.training);
    KMeansSettings settings;
    settings.groups = 20;
    settings.restarts = 1;
    settings.threads = threads;
    const auto fit = [&] { return fitKMeans(training, settings, [](const KMeansPass&) -> Result<bool> { return true; }); };
    return timed(fit, [](const KMeans& made) { return made.inertia; });
}

Result<Json> fitComponents(const std::string& file, int threads)
{
    TY_TRY(const Table table, readTable(file));
    const DenseRows training = table.hot(0, table.training);
    const auto fit = [&]() -> Result<PrincipalComponents> { return findComponents(training, 10, threads); };
    return timed(fit, [](const PrincipalComponents& made) {
        return std::accumulate(made.variances.begin(), made.variances.end(), 0.0) / made.totalVariance;
    });
}

} // namespace

std::vector<LearnerCase> learnerSuite()
{
    return {
        {"forest", "Random forest, 100 trees", "roc_auc", 5, 0.01, false, false, fitForest},
        {"svm", "Support vectors, rbf, Platt", "roc_auc", 1.5, 0.01, false, true, fitSvm},
        {"logistic", "Logistic regression", "roc_auc", 1, 0.01, false, false, fitLogisticCase},
        {"bernoulli-bayes", "Naive Bayes, Bernoulli", "roc_auc", 1, 0.01, false, false, fitBayes},
        {"k-means", "k-means, 20 groups", "inertia", 1, 0.02, true, false, fitKMeansCase},
        {"pca", "Principal components, 10", "variance", 1, 0.001, false, false, fitComponents},
    };
}

Result<void> writeLearnerTable(const std::string& file, std::size_t rows)
{
    Random random(7);
    std::vector<float> values(kColumns * rows);
    std::vector<float> targets(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        std::array<int, kColumns> drawn{};
        for (std::size_t c = 0; c < kColumns; ++c) {
            drawn[c] = static_cast<int>(random.below(static_cast<std::uint64_t>(kCategories[c])));
            values[c * rows + row] = static_cast<float>(drawn[c]);
        }
        // Rules that hold together, as the guards of a machine do, and a row in fifty that breaks them.
        const bool isOpen = drawn[1] + drawn[7] < 4;
        const bool isPossible = isOpen ? (drawn[0] + drawn[3]) % 8 < 4 || drawn[4] == 1 : drawn[5] > drawn[8] && drawn[11] != 0;
        targets[row] = isPossible != (random.below(50) == 0) ? 1.0F : 0.0F;
    }
    std::string bytes;
    const auto append = [&bytes](const void* from, std::size_t size) { bytes.append(static_cast<const char*>(from), size); };
    const std::array<std::int32_t, 4> head{
        static_cast<std::int32_t>(rows), static_cast<std::int32_t>(kColumns), static_cast<std::int32_t>(rows * 4 / 5), 2};
    append(head.data(), sizeof head);
    append(kCategories.data(), sizeof kCategories);
    append(values.data(), values.size() * sizeof(float));
    append(targets.data(), targets.size() * sizeof(float));
    return writeFileAtomically(file, bytes);
}

Result<double> measureTableFloor(const std::string& file)
{
    TY_TRY(const Table table, readTable(file));
    const DenseRows training = table.hot(0, table.training);
    const auto begin = std::chrono::steady_clock::now();
    float sum = 0;
    for (std::size_t i = 0; i < training.rows(); ++i) {
        const auto row = training.row(i);
        sum += std::accumulate(row.begin(), row.end(), 0.0F);
    }
    const double seconds = secondsSince(begin);
    return sum >= 0 ? seconds : 0; // the sum is used, so that it is computed
}

} // namespace ty::engine
