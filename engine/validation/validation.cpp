#include "engine/validation/validation.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engine/base/memory_guard.h"
#include "engine/train/metric_names.h"
#include "engine/validation/scored_fit.h"
#include "engine/validation/study_control.h"
#include "engine/validation/study_folder.h"
#include "engine/validation/validation_result.h"

namespace ty::engine {

namespace {

/// A study tells of whole fits alone.
class QuietSink final : public FitSink {
public:
    Result<void> emitEvent(const std::string&, Json) override { return {}; }
};

/// Where a fit belongs.
struct FitPlace {
    std::size_t learner = 0;
    std::size_t fold = 0;
    double share = 1;

    Json toJson() const { return {{"id", learner}, {"place", fold}, {"share", share}}; }
    bool isOf(const Json& fit) const
    {
        return fit.value("id", std::size_t{0}) == learner && fit.value("place", std::size_t{0}) == fold
            && fit.value("share", 0.0) == share;
    }
};

class Validation {
public:
    Validation(const ValidationRequest& request, FitControl& person, const StudyTold& told)
        : m_request(request), m_control(person), m_told(told)
    {
    }

    Result<Json> run()
    {
        TY_CHECK(open());
        m_all = m_plan.size() * m_request.shares.size() * m_studies.size();
        for (std::size_t fold = 0; fold < m_plan.size() && m_isGoingOn; ++fold) {
            const Fold parts = m_plan.fold(fold);
            const auto order = nestedOrder(first().dataset(), parts.training, m_plan.settings().seed + fold);
            for (std::size_t learner = 0; learner < m_studies.size() && m_isGoingOn; ++learner) {
                for (const double share : m_request.shares) {
                    if (m_isGoingOn) {
                        TY_CHECK(makeFit({learner, fold, share}, parts, order));
                    }
                }
            }
        }
        return result();
    }

private:
    const StudyLearner& first() const { return *m_studies[m_firstOpened]; }

    Result<void> open()
    {
        std::optional<Error> problem;
        for (const RunSpec& spec : m_request.learners) {
            ValidatedLearner made;
            made.learner = spec.learner;
            auto study = openStudyLearner(spec, m_request.files, m_isOpened ? &first() : nullptr);
            if (study) {
                made.label = spec.name.empty() ? study.value().learner->label() : spec.name;
                made.settings = study.value().settings;
                m_firstOpened = m_isOpened ? m_firstOpened : m_studies.size();
                m_isOpened = true;
                m_studies.emplace_back(std::move(study).value());
            } else {
                made.label = spec.name.empty() ? spec.learner : spec.name;
                made.problem = study.error().message;
                problem = problem ? problem : study.error();
                m_studies.emplace_back();
            }
            m_learners.push_back(std::move(made));
        }
        if (!m_isOpened) {
            return problem ? *problem : Error{ErrorKind::InvalidInput, "no learner was named", "Name one or more."};
        }
        const Dataset& dataset = first().dataset();
        if (m_request.plan.is_object()) {
            TY_TRY(m_plan, FoldPlan::fromJson(m_request.plan, dataset.size(), "the folds"));
        } else {
            const auto samples = first().samples();
            TY_TRY(m_plan, FoldPlan::make(dataset, samples, m_request.folds));
        }
        m_metric = m_request.metric.empty() ? mainMetric(dataset.info().task) : metricNamed(m_request.metric);
        Json study{{"kind", "validation"}, {"fingerprint", dataset.info().fingerprint}, {"learners", Json::array()}, {"shares", m_request.shares}};
        for (const RunSpec& spec : m_request.learners) {
            study["learners"].push_back(spec.toJson());
        }
        const Json plan = m_plan.toJson();
        TY_TRY(m_folder, StudyFolder::open(m_request.folder, study, m_request.isResuming));
        if (pathExists(m_request.folder + "/folds.json")) {
            TY_TRY(const Json there, readJsonFile(m_request.folder + "/folds.json"));
            if (there != plan) {
                return Error{ErrorKind::Conflict, m_request.folder + ": the study that is kept here has other folds", "Choose another folder."};
            }
        }
        return m_folder->write("folds.json", plan);
    }

    const Json* earlier(const FitPlace& place) const
    {
        const auto& fits = m_folder->earlier();
        const auto found = std::find_if(fits.begin(), fits.end(), [&](const Json& fit) { return place.isOf(fit); });
        return found == fits.end() ? nullptr : &*found;
    }

    Result<void> makeFit(const FitPlace& place, const Fold& parts, const std::vector<std::uint32_t>& order)
    {
        ValidatedLearner& learner = m_learners[place.learner];
        if (!learner.problem.empty()) {
            ++m_done;
            return {};
        }
        if (const Json* known = earlier(place)) {
            keep(place, *known);
            return {};
        }
        m_isGoingOn = m_control.mayBegin();
        if (!m_isGoingOn) {
            return {};
        }
        const auto count = static_cast<std::size_t>(std::llround(place.share * static_cast<double>(order.size())));
        FitTask task;
        task.settings = learner.settings;
        task.training.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(count, 1, order.size())));
        std::sort(task.training.begin(), task.training.end());
        task.held = parts.held;
        task.scratch = m_folder->scratch();
        task.threads = m_request.threads;
        task.isTrainingScored = m_request.shares.size() > 1;
        QuietSink sink;
        const auto scored = fitAndScore(*m_studies[place.learner], task, sink, m_control);
        Json fit = place.toJson();
        fit["learner"] = learner.learner;
        fit["label"] = learner.label;
        fit["repeat"] = parts.repeat;
        fit["fold"] = parts.number;
        fit["samples"] = task.training.size();
        if (!scored) {
            fit["problem"] = scored.error().message;
        } else if (scored.value().outcome == "stopped") {
            m_isGoingOn = m_control.mayBegin(); // given up: it counts as never begun
            return {};
        } else {
            fit["held"] = task.held.size();
            fit["metrics"] = scored.value().metrics;
            fit["training"] = scored.value().trainingMetrics;
            fit["seconds"] = scored.value().seconds;
            fit["answerSeconds"] = scored.value().answerSeconds;
            fit["epochs"] = scored.value().epochs;
        }
        TY_CHECK(m_folder->append(fit));
        keep(place, fit);
        return {};
    }

    void keep(const FitPlace& place, const Json& fit)
    {
        ValidatedLearner& learner = m_learners[place.learner];
        learner.problem = fit.value("problem", std::string());
        learner.fits.push_back(fit);
        ++m_done;
        Json told = fit;
        told["done"] = m_done;
        told["all"] = m_all;
        told["etaSeconds"] = secondsLeft();
        m_told(told);
    }

    /// What the fits that are left take, if they take as long as the learner's others of about their size.
    double secondsLeft() const
    {
        const double shares = std::accumulate(m_request.shares.begin(), m_request.shares.end(), 0.0);
        const double asMuch = shares * static_cast<double>(m_plan.size()); // in whole fits
        double seconds = 0;
        double known = 0;
        double unknown = 0;
        double rate = 0;
        for (const ValidatedLearner& learner : m_learners) {
            double took = 0;
            double done = 0;
            for (const Json& fit : learner.fits) {
                took += fit.value("seconds", 0.0) + fit.value("answerSeconds", 0.0);
                done += fit.value("share", 1.0);
            }
            if (!learner.problem.empty()) {
                continue;
            }
            if (done > 0) {
                seconds += took / done * (asMuch - done);
                rate += took / done;
                ++known;
            } else {
                ++unknown;
            }
        }
        return known > 0 ? seconds + unknown * asMuch * rate / known : 0;
    }

    Result<Json> result()
    {
        const Dataset& dataset = first().dataset();
        bool isSomethingThere = false;
        std::string problem;
        for (const ValidatedLearner& learner : m_learners) {
            isSomethingThere = isSomethingThere || std::any_of(learner.fits.begin(), learner.fits.end(), [](const Json& fit) { return fit.contains("metrics"); });
            problem = problem.empty() ? learner.problem : problem;
        }
        if (!isSomethingThere) {
            return problem.empty() ? Error{ErrorKind::Cancelled, "it was stopped before a fold was done", {}}
                                   : Error{ErrorKind::InvalidInput, problem, {}};
        }
        const Fold parts = m_plan.fold(0);
        const double heldShare = static_cast<double>(parts.held.size()) / static_cast<double>(std::max<std::size_t>(1, parts.training.size()));
        Json folds = m_plan.toJson();
        folds.erase("assignments"); // in folds.json
        Json json{
            {"kind", "validation"},
            {"data", dataset.info().path},
            {"task", taskName(dataset.info().task)},
            {"samples", parts.held.size() + parts.training.size()},
            {"outcome", m_control.outcome()},
            {"folds", folds},
            {"folder", m_request.folder}};
        json.update(validationResult(m_learners, m_metric, heldShare));
        TY_CHECK(m_folder->writeResult(json));
        return json;
    }

    const ValidationRequest& m_request;
    StudyControl m_control;
    const StudyTold& m_told;
    std::vector<std::optional<StudyLearner>> m_studies; ///< in the order of the request; empty: could not be opened
    std::vector<ValidatedLearner> m_learners;
    std::size_t m_firstOpened = 0;
    bool m_isOpened = false;
    FoldPlan m_plan;
    std::optional<StudyFolder> m_folder;
    std::string m_metric;
    std::size_t m_done = 0;
    std::size_t m_all = 0;
    bool m_isGoingOn = true;
};

} // namespace

Result<Json> validateLearners(const ValidationRequest& request, FitControl& control, const StudyTold& told)
{
    return guardMemory("this validation", [&] { return Validation(request, control, told).run(); });
}

} // namespace ty::engine
