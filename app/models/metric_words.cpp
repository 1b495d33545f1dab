#include "app/models/metric_words.h"

#include <cmath>
#include <limits>

#include <QCoreApplication>

namespace ty::app {

namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

struct MetricName {
    const char* metric;
    const char* words;
    double lowest = 0;
    double highest = 1;
};

constexpr MetricName kMetricNames[] = {
    {"accuracy", QT_TRANSLATE_NOOP("ty::app::Metric", "Accuracy")},
    {"balanced_accuracy", QT_TRANSLATE_NOOP("ty::app::Metric", "Balanced accuracy")},
    {"macro_f1", QT_TRANSLATE_NOOP("ty::app::Metric", "Macro F1")},
    {"roc_auc", QT_TRANSLATE_NOOP("ty::app::Metric", "ROC AUC")},
    {"log_loss", QT_TRANSLATE_NOOP("ty::app::Metric", "Log loss"), 0, kNone},
    {"brier", QT_TRANSLATE_NOOP("ty::app::Metric", "Brier score")},
    {"calibration_error", QT_TRANSLATE_NOOP("ty::app::Metric", "Calibration error")},
    {"mae", QT_TRANSLATE_NOOP("ty::app::Metric", "MAE"), 0, kNone},
    {"rmse", QT_TRANSLATE_NOOP("ty::app::Metric", "RMSE"), 0, kNone},
    {"r2", QT_TRANSLATE_NOOP("ty::app::Metric", "R²"), -kNone, 1},
    {"max_error", QT_TRANSLATE_NOOP("ty::app::Metric", "Largest error"), 0, kNone},
    {"silhouette", QT_TRANSLATE_NOOP("ty::app::Metric", "Silhouette"), -1, 1},
    {"inertia", QT_TRANSLATE_NOOP("ty::app::Metric", "Inertia"), 0, kNone},
    {"log_likelihood", QT_TRANSLATE_NOOP("ty::app::Metric", "Log-likelihood"), -kNone, kNone},
    {"unusual_share", QT_TRANSLATE_NOOP("ty::app::Metric", "Unusual rows"), 0, 1},
    {"groups", QT_TRANSLATE_NOOP("ty::app::Metric", "Groups"), 0, kNone},
    {"noise", QT_TRANSLATE_NOOP("ty::app::Metric", "Noise rows"), 0, kNone}};

QString shortNumber(double value)
{
    return std::abs(value) < 10 ? QString::number(value, 'f', 4) : QString::number(value, 'g', 5);
}

} // namespace

QString metricWords(const QString& metric)
{
    for (const MetricName& one : kMetricNames) {
        if (metric == QLatin1String(one.metric)) {
            return QCoreApplication::translate("ty::app::Metric", one.words);
        }
    }
    return metric;
}

std::pair<double, double> metricBounds(const QString& metric)
{
    for (const MetricName& one : kMetricNames) {
        if (metric == QLatin1String(one.metric)) {
            return {one.lowest, one.highest};
        }
    }
    return {-kNone, kNone};
}

QString spreadText(double mean, double deviation)
{
    if (!std::isfinite(mean)) {
        return QStringLiteral("–");
    }
    return std::isfinite(deviation) ? shortNumber(mean) + QStringLiteral(" ± ") + shortNumber(deviation) : shortNumber(mean);
}

double numberIn(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_number() ? found->get<double>() : std::nan("");
}

QString textIn(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    const bool isText = object.is_object() && found != object.end() && found->is_string();
    return isText ? QString::fromStdString(found->get<std::string>()) : QString();
}

} // namespace ty::app
