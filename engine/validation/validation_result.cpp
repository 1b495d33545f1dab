#include "engine/validation/validation_result.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "engine/train/metric_names.h"
#include "engine/validation/score_summary.h"
#include "engine/validation/scored_fit.h"

namespace ty::engine {

namespace {

bool isWhole(const Json& fit)
{
    return fit.value("share", 1.0) >= 1;
}

/// {metric: summary} of the member `part` of fits; metrics that a fit lacks are left out of it.
Json summariesOf(const std::vector<const Json*>& fits, const char* part, double heldShare)
{
    std::vector<std::pair<std::string, std::vector<double>>> scores; // in the order in which evaluations tell them
    for (const Json* fit : fits) {
        const Json metrics = fit->value(part, Json());
        for (const auto& [metric, value] : metrics.items()) {
            auto found = std::find_if(scores.begin(), scores.end(), [&name = metric](const auto& one) { return one.first == name; });
            if (found == scores.end()) {
                found = scores.insert(scores.end(), {metric, {}});
            }
            if (value.is_number()) {
                found->second.push_back(value.get<double>());
            }
        }
    }
    Json made = Json::object();
    for (const auto& [metric, values] : scores) {
        made[metric] = summarise(values, heldShare).toJson();
    }
    return made;
}

std::vector<const Json*> wholeFits(const ValidatedLearner& learner)
{
    std::vector<const Json*> fits;
    for (const Json& fit : learner.fits) {
        if (isWhole(fit) && fit.contains("metrics")) {
            fits.push_back(&fit);
        }
    }
    return fits;
}

double meanOf(const Json& learner, const std::string& metric)
{
    const Json summary = learner.at("summary").value(metric, Json());
    return metricIn(summary, "mean");
}

Json learnerJson(const ValidatedLearner& learner, double heldShare)
{
    Json folds = Json::array();
    double seconds = 0;
    for (const Json& fit : learner.fits) {
        seconds += fit.value("seconds", 0.0);
        if (isWhole(fit)) {
            folds.push_back(fit);
        }
    }
    Json json{
        {"learner", learner.learner},
        {"label", learner.label},
        {"settings", learner.settings},
        {"seconds", seconds},
        {"summary", summariesOf(wholeFits(learner), "metrics", heldShare)},
        {"folds", std::move(folds)}};
    if (!learner.problem.empty()) {
        json["problem"] = learner.problem;
    }
    return json;
}

/// The scores of the folds that both have.
Json comparisonJson(const Json& first, const Json& second, const std::string& metric, double heldShare)
{
    std::map<std::pair<int, int>, double> ofFirst;
    const auto place = [](const Json& fit) { return std::pair(fit.value("repeat", 0), fit.value("fold", 0)); };
    for (const Json& fit : first.at("folds")) {
        ofFirst[place(fit)] = metricIn(fit.value("metrics", Json()), metric);
    }
    std::vector<double> a;
    std::vector<double> b;
    for (const Json& fit : second.at("folds")) {
        const auto found = ofFirst.find(place(fit));
        const double score = metricIn(fit.value("metrics", Json()), metric);
        if (found != ofFirst.end() && std::isfinite(found->second) && std::isfinite(score)) {
            a.push_back(found->second);
            b.push_back(score);
        }
    }
    const PairedComparison compared = comparePaired(a, b, heldShare);
    Json json{{"first", first.at("label")}, {"second", second.at("label")}, {"metric", metric}};
    json.update(compared.toJson());
    json["words"] = comparisonWords(
        compared, first.at("label").get<std::string>(), second.at("label").get<std::string>(), metric);
    return json;
}

Json curveJson(const ValidatedLearner& learner, double heldShare)
{
    std::map<double, std::vector<const Json*>> byShare;
    for (const Json& fit : learner.fits) {
        if (fit.contains("metrics")) {
            byShare[fit.value("share", 1.0)].push_back(&fit);
        }
    }
    Json points = Json::array();
    for (const auto& [share, fits] : byShare) {
        double samples = 0;
        for (const Json* fit : fits) {
            samples += fit->value("samples", 0.0) / static_cast<double>(fits.size());
        }
        points.push_back(
            {{"share", share},
             {"samples", samples},
             {"held", summariesOf(fits, "metrics", heldShare)},
             {"training", summariesOf(fits, "training", heldShare)}});
    }
    return {{"learner", learner.learner}, {"label", learner.label}, {"points", std::move(points)}};
}

} // namespace

Json validationResult(const std::vector<ValidatedLearner>& learners, const std::string& metric, double heldShare)
{
    std::vector<Json> tables;
    Json curve = Json::array();
    bool isCurve = false;
    for (const ValidatedLearner& learner : learners) {
        tables.push_back(learnerJson(learner, heldShare));
        curve.push_back(curveJson(learner, heldShare));
        isCurve = isCurve || std::any_of(learner.fits.begin(), learner.fits.end(), [](const Json& fit) { return !isWhole(fit); });
    }
    const double sign = isHigherBetter(metric) ? -1 : 1;
    std::stable_sort(tables.begin(), tables.end(), [&](const Json& a, const Json& b) {
        const double x = meanOf(a, metric);
        const double y = meanOf(b, metric);
        return std::isfinite(x) != std::isfinite(y) ? std::isfinite(x) : sign * x < sign * y;
    });
    Json comparisons = Json::array();
    for (std::size_t i = 1; i < tables.size(); ++i) {
        if (std::isfinite(meanOf(tables[i], metric))) {
            comparisons.push_back(comparisonJson(tables.front(), tables[i], metric, heldShare));
        }
    }
    return {
        {"metric", metric},
        {"learners", tables},
        {"comparisons", std::move(comparisons)},
        {"curve", isCurve ? std::move(curve) : Json::array()}};
}

} // namespace ty::engine
