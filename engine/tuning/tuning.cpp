#include "engine/tuning/tuning.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/memory_guard.h"
#include "engine/base/random.h"
#include "engine/train/metric_names.h"
#include "engine/tuning/search_points.h"
#include "engine/tuning/trial_book.h"
#include "engine/validation/fold_plan.h"
#include "engine/validation/score_summary.h"
#include "engine/validation/scored_fit.h"
#include "engine/validation/study_control.h"
#include "engine/validation/study_folder.h"

namespace ty::engine {

namespace {

constexpr double kKeptShare = 3;           ///< halving: one of three goes on
constexpr std::size_t kFewestSamples = 60; ///< halving: below that a score says little
constexpr std::size_t kMostStages = 100;   ///< of a trial that are kept
constexpr std::array kMethods{"grid", "random", "halton", "halving"};
/// Settings that change what a loss means: losses of trials cannot be compared then.
constexpr std::array kLossSettings{"loss", "labelSmoothing", "classWeights", "classWeightList", "augmentMixup"};

/// Looks at the validation loss of each stage, and gives a fit up that is behind.
class StageSink final : public FitSink {
public:
    StageSink(const TrialBook& book, StudyControl& control, bool isJudging) : m_book(book), m_control(control), m_isJudging(isJudging) {}

    Result<void> emitEvent(const std::string& type, Json fields) override
    {
        if (type == "plan") {
            m_planned = fields.value("epochs", 0);
        }
        const Json validation = type == "epoch" ? fields.value("validation", Json()) : Json();
        const double loss = metricIn(validation, "loss");
        if (!std::isfinite(loss)) {
            return {};
        }
        const int stage = fields.value("epoch", 0);
        m_lowest = std::min(m_lowest, loss);
        if (m_stages.size() < kMostStages) {
            m_stages.push_back({stage, m_lowest});
        }
        const bool isLateEnough = stage >= 3 && stage * 4 >= m_planned;
        if (m_isJudging && isLateEnough && stage < m_planned && m_book.isBehindAtStage(stage, m_lowest)) {
            m_control.giveUpFit();
        }
        return {};
    }

    const Json& stages() const { return m_stages; }

private:
    const TrialBook& m_book;
    StudyControl& m_control;
    bool m_isJudging;
    int m_planned = 0;
    double m_lowest = std::numeric_limits<double>::infinity();
    Json m_stages = Json::array();
};

class Tuning {
public:
    Tuning(const TuningRequest& request, FitControl& person, const TrialTold& told)
        : m_request(request), m_control(person, deadlineOf(request)), m_told(told)
    {
    }

    Result<Json> run()
    {
        TY_CHECK(open());
        if (m_request.method == SearchMethod::Halving) {
            TY_CHECK(halve());
        } else {
            m_all = m_trials;
            for (std::size_t trial = 0; trial < m_trials && m_isGoingOn; ++trial) {
                TY_CHECK(tryOne(trial, 0, 1));
            }
        }
        return result();
    }

private:
    static std::optional<StudyControl::Clock::time_point> deadlineOf(const TuningRequest& request)
    {
        if (!request.minutes) {
            return {};
        }
        const std::chrono::duration<double, std::ratio<60>> minutes(*request.minutes);
        return StudyControl::Clock::now() + std::chrono::duration_cast<StudyControl::Clock::duration>(minutes);
    }

    Result<void> open()
    {
        if (m_request.space.isEmpty()) {
            return Error{
                ErrorKind::InvalidInput, "there is nothing to search: the learner \"" + m_request.spec.learner + "\" names no range",
                "Give ranges, or choose another learner."};
        }
        TY_TRY(m_study, openStudyLearner(m_request.spec, m_request.files));
        const Dataset& dataset = m_study.dataset();
        m_metric = m_request.metric.empty() ? mainMetric(dataset.info().task) : metricNamed(m_request.metric);
        m_book = TrialBook(m_metric);
        TY_CHECK(divide());
        m_trials = static_cast<std::size_t>(std::max(1, m_request.runs));
        if (m_request.method == SearchMethod::Grid) {
            m_grid = m_request.space.grid(m_trials > 1 ? m_trials - 1 : 1); // the first trial is what was set
            std::vector<std::uint32_t> order(m_grid.size());
            std::iota(order.begin(), order.end(), 0U);
            Random(m_request.spec.seed).shuffle(order); // so that what is tried by the end of the time is all over the grid
            std::vector<Json> shuffled;
            for (const std::uint32_t place : order) {
                shuffled.push_back(m_grid[place]);
            }
            m_grid = std::move(shuffled);
            m_trials = 1 + m_grid.size();
        }
        Json study{
            {"kind", "tuning"},
            {"run", m_request.spec.toJson()},
            {"fingerprint", dataset.info().fingerprint},
            {"space", m_request.space.toJson()},
            {"search", searchMethodName(m_request.method)},
            {"metric", m_metric},
            {"folds", m_request.folds},
            {"heldShare", m_request.heldShare},
            {"poorGivenUp", m_request.isPoorGivenUp}};
        if (m_request.method == SearchMethod::Grid || m_request.method == SearchMethod::Halving) {
            study["runs"] = m_request.runs; // decides what is tried; the others only go on
        }
        TY_TRY(m_folder, StudyFolder::open(m_request.folder, study, m_request.isResuming));
        return {};
    }

    /// The parts that judge.
    Result<void> divide()
    {
        const Dataset& dataset = m_study.dataset();
        const auto samples = m_study.samples();
        if (m_request.folds >= 2) {
            FoldSettings settings;
            settings.folds = m_request.folds;
            settings.seed = m_request.spec.seed;
            TY_TRY(const FoldPlan plan, FoldPlan::make(dataset, samples, settings));
            for (std::size_t i = 0; i < plan.size(); ++i) {
                m_folds.push_back(plan.fold(i));
            }
        } else {
            const auto order = nestedOrder(dataset, samples, m_request.spec.data.split.seed);
            const auto held = static_cast<std::size_t>(std::llround(m_request.heldShare * static_cast<double>(order.size())));
            if (held < 1 || held >= order.size()) {
                return Error{
                    ErrorKind::InvalidInput,
                    fmt::format("{}: {} samples cannot be divided into a part to fit on and a part to judge by", dataset.info().path, order.size()),
                    {}};
            }
            Fold fold;
            fold.training.assign(order.begin(), order.end() - static_cast<std::ptrdiff_t>(held));
            fold.held.assign(order.end() - static_cast<std::ptrdiff_t>(held), order.end());
            std::sort(fold.training.begin(), fold.training.end());
            std::sort(fold.held.begin(), fold.held.end());
            m_folds.push_back(std::move(fold));
        }
        return {};
    }

    /// What trial 0 is, and the others by their number alone, so that a resumed search tries the same ones.
    Json settingsOf(std::size_t trial) const
    {
        Json settings = m_study.settings;
        if (trial > 0) {
            const std::size_t dimensions = m_request.space.ranges().size();
            const std::uint64_t seed = m_request.spec.seed;
            settings.update(
                m_request.method == SearchMethod::Grid         ? m_grid[trial - 1]
                    : m_request.method == SearchMethod::Random ? m_request.space.at(randomPoint(dimensions, seed, trial - 1))
                                                               : m_request.space.at(haltonPoint(dimensions, seed, trial - 1)));
        }
        return settings;
    }

    Result<void> halve()
    {
        const std::size_t samples = m_folds.front().training.size();
        std::vector<double> shares{1};
        double left = static_cast<double>(m_trials);
        while (left / kKeptShare >= 1 && shares.back() / kKeptShare * static_cast<double>(samples) >= kFewestSamples) {
            left /= kKeptShare;
            shares.push_back(shares.back() / kKeptShare);
        }
        std::reverse(shares.begin(), shares.end());
        std::vector<std::size_t> trials(m_trials);
        std::iota(trials.begin(), trials.end(), std::size_t{0});
        const auto afterwards = [](std::size_t count) { return static_cast<std::size_t>(std::ceil(static_cast<double>(count) / kKeptShare)); };
        for (std::size_t rung = 0, count = m_trials; rung < shares.size(); ++rung, count = afterwards(count)) {
            m_all += count;
        }
        for (std::size_t rung = 0; rung < shares.size() && m_isGoingOn; ++rung) {
            const std::size_t before = m_book.trials().size();
            for (const std::size_t trial : trials) {
                if (m_isGoingOn) {
                    TY_CHECK(tryOne(trial, static_cast<int>(rung), shares[rung]));
                }
            }
            std::vector<Json> done(m_book.trials().begin() + static_cast<std::ptrdiff_t>(before), m_book.trials().end());
            std::erase_if(done, [](const Json& one) { return !one.value("score", Json()).is_number(); });
            std::stable_sort(done.begin(), done.end(), [this](const Json& a, const Json& b) {
                return m_book.isBetter(a["score"].get<double>(), b["score"].get<double>());
            });
            const std::size_t kept = std::min(done.size(), afterwards(trials.size()));
            trials.clear();
            for (std::size_t i = 0; i < kept; ++i) {
                trials.push_back(done[i].value("trial", std::size_t{0}));
            }
        }
        return {};
    }

    Result<void> tryOne(std::size_t trial, int rung, double share)
    {
        const auto& earlier = m_folder->earlier();
        const auto known = std::find_if(earlier.begin(), earlier.end(), [&](const Json& one) {
            return one.value("trial", std::size_t{0}) == trial && one.value("rung", 0) == rung;
        });
        if (known != earlier.end()) {
            tell(*known);
            return {};
        }
        m_isGoingOn = m_control.mayBegin();
        if (!m_isGoingOn) {
            return {};
        }
        Json made{{"trial", trial}, {"rung", rung}, {"share", share}, {"settings", settingsOf(trial)}};
        TY_TRY(const bool isKept, judge(made));
        if (!isKept) { // ended from outside: it counts as never begun
            m_isGoingOn = m_control.mayBegin();
            return {};
        }
        TY_CHECK(m_folder->append(made));
        tell(made);
        return {};
    }

    /// Fits on each fold and adds "state", "score" and the rest. Result: whether it came to an end of its own.
    Result<bool> judge(Json& trial)
    {
        std::vector<double> scores;
        std::vector<Json> metrics;
        double seconds = 0;
        std::uint64_t bytes = 0;
        trial["state"] = "done";
        for (const Fold& fold : m_folds) {
            if (!scores.empty()) {
                const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
                if (isJudging(trial) && m_book.isBehindAfterFolds(scores.size(), mean)) {
                    trial["state"] = "given-up";
                    break;
                }
                if (m_control.isStopRequested()) {
                    return false;
                }
            }
            FitTask task;
            task.settings = trial["settings"];
            const auto order = nestedOrder(m_study.dataset(), fold.training, m_request.spec.seed);
            const auto count = static_cast<std::size_t>(std::llround(trial["share"].get<double>() * static_cast<double>(order.size())));
            task.training.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(count, 1, order.size())));
            std::sort(task.training.begin(), task.training.end());
            task.held = fold.held;
            task.scratch = m_folder->scratch();
            task.threads = m_request.threads;
            task.isSizeMeasured = scores.empty(); // one is like the others
            StageSink sink(m_book, m_control, isJudging(trial) && scores.empty() && areLossesComparable());
            const auto scored = fitAndScore(m_study, task, sink, m_control);
            if (scores.empty() && !sink.stages().empty()) {
                trial["stages"] = sink.stages();
            }
            if (!scored) {
                trial["state"] = "failed";
                trial["problem"] = scored.error().message;
                break;
            }
            seconds += scored.value().seconds;
            if (scored.value().outcome == "stopped") {
                if (!m_control.isFitGivenUp()) {
                    return false;
                }
                trial["state"] = "given-up";
                break;
            }
            bytes = scores.empty() ? scored.value().modelBytes : bytes;
            scores.push_back(metricIn(scored.value().metrics, m_metric));
            metrics.push_back(scored.value().metrics);
            if (!std::isfinite(scores.back())) {
                trial["state"] = "failed";
                trial["problem"] = "the held-out samples give no " + metricLabel(m_metric);
                break;
            }
        }
        const ScoreSummary summary = summarise(scores, 1.0 / static_cast<double>(std::max<std::size_t>(1, m_folds.size() - 1)));
        const bool isJudged = !scores.empty() && std::isfinite(summary.mean);
        trial["score"] = isJudged ? Json(summary.mean) : Json();
        trial["deviation"] = isJudged && summary.count > 1 ? Json(summary.deviation) : Json();
        trial["foldScores"] = scores;
        trial["metrics"] = meanMetrics(metrics);
        trial["seconds"] = seconds / static_cast<double>(std::max<std::size_t>(1, scores.size())); // of one fit
        trial["bytes"] = bytes;
        return true;
    }

    static Json meanMetrics(const std::vector<Json>& metrics)
    {
        Json means = Json::object();
        const Json first = metrics.empty() ? Json::object() : metrics.front();
        for (const auto& [name, value] : first.items()) {
            double sum = 0;
            for (const Json& one : metrics) {
                sum += metricIn(one, name);
            }
            means[name] = std::isfinite(sum) ? Json(sum / static_cast<double>(metrics.size())) : Json();
        }
        return means;
    }

    bool isJudging(const Json& trial) const
    {
        return m_request.isPoorGivenUp && m_request.method != SearchMethod::Halving && trial.value("trial", 0) > 0;
    }

    bool areLossesComparable() const
    {
        const auto& ranges = m_request.space.ranges();
        return std::none_of(ranges.begin(), ranges.end(), [](const SearchRange& range) {
            return std::find(kLossSettings.begin(), kLossSettings.end(), range.name) != kLossSettings.end();
        });
    }

    void tell(const Json& trial)
    {
        m_book.add(trial);
        double seconds = 0;
        for (const Json& one : m_book.trials()) {
            seconds += one.value("seconds", 0.0) * static_cast<double>(std::max<std::size_t>(1, one.value("foldScores", Json::array()).size()));
        }
        const std::size_t done = m_book.trials().size();
        Json told = trial;
        told["done"] = done;
        told["all"] = m_all;
        told["metric"] = m_metric;
        told["better"] = isHigherBetter(m_metric) ? "higher" : "lower";
        const Json* best = m_book.best();
        told["best"] = best == nullptr ? Json() : Json{{"trial", best->at("trial")}, {"score", best->at("score")}};
        told["etaSeconds"] = seconds / static_cast<double>(done) * static_cast<double>(m_all - std::min(m_all, done));
        m_told(told);
    }

    Result<Json> result()
    {
        const auto& trials = m_book.trials();
        if (trials.empty()) {
            return Error{ErrorKind::Cancelled, "the search was ended before a trial was done", {}};
        }
        const bool haveAllFailed =
            std::all_of(trials.begin(), trials.end(), [](const Json& one) { return one.value("state", std::string()) == "failed"; });
        if (haveAllFailed) {
            return Error{
                ErrorKind::InvalidInput, "no trial succeeded: " + trials.front().value("problem", std::string()),
                "Choose other ranges, or another learner."};
        }
        const Json* best = m_book.best();
        const auto first = std::find_if(trials.begin(), trials.end(), [](const Json& one) { return one.value("trial", 0) == 0 && TrialBook::isWhole(one); });
        Json json{
            {"kind", "tuning"},
            {"data", m_study.dataset().info().path},
            {"learner", m_request.spec.learner},
            {"label", m_study.learner->label()},
            {"metric", m_metric},
            {"better", isHigherBetter(m_metric) ? "higher" : "lower"},
            {"search", searchMethodName(m_request.method)},
            {"space", m_request.space.toJson()},
            {"folds", m_request.folds},
            {"outcome", m_control.outcome()},
            {"trials", m_book.sorted()},
            {"best", best == nullptr ? Json() : *best},
            {"first", first == trials.end() ? Json() : *first},
            {"fronts", {{"seconds", m_book.front("seconds")}, {"bytes", m_book.front("bytes")}}},
            {"folder", m_request.folder}};
        TY_CHECK(m_folder->writeResult(json));
        return json;
    }

    const TuningRequest& m_request;
    StudyControl m_control;
    const TrialTold& m_told;
    StudyLearner m_study;
    std::string m_metric;
    TrialBook m_book{""};
    std::vector<Fold> m_folds;
    std::vector<Json> m_grid;
    std::size_t m_trials = 0; ///< settings
    std::size_t m_all = 0;    ///< fits or, of folds, sets of them
    std::optional<StudyFolder> m_folder;
    bool m_isGoingOn = true;
};

} // namespace

Result<SearchMethod> searchMethodNamed(const std::string& name)
{
    const auto found = std::find(kMethods.begin(), kMethods.end(), name);
    if (found == kMethods.end()) {
        return Error{ErrorKind::InvalidInput, "unknown search \"" + name + "\"; known: grid, random, halton, halving", {}};
    }
    return static_cast<SearchMethod>(found - kMethods.begin());
}

const char* searchMethodName(SearchMethod method)
{
    return kMethods.at(static_cast<std::size_t>(method));
}

Result<Json> tuneLearner(const TuningRequest& request, FitControl& control, const TrialTold& told)
{
    return guardMemory("this search", [&] { return Tuning(request, control, told).run(); });
}

} // namespace ty::engine
