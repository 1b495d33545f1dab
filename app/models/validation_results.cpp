#include "app/models/validation_results.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <QCoreApplication>

#include "app/models/metric_words.h"
#include "engine/base/csv_field.h"

namespace ty::app {

namespace {

struct Moments {
    double mean = std::nan("");
    double deviation = std::nan("");
};

Moments momentsOf(const QList<double>& values)
{
    if (values.isEmpty()) {
        return {};
    }
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    const double mean = sum / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return {mean, values.size() > 1 ? std::sqrt(squares / static_cast<double>(values.size() - 1)) : std::nan("")};
}

Json memberAt(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? *found : Json();
}

QString seriesName(const QString& learner, bool isTraining)
{
    return isTraining ? QCoreApplication::translate("ty::app::ValidationResults", "%1, training").arg(learner) : learner;
}

} // namespace

void ValidationResults::clear()
{
    *this = {};
}

void ValidationResults::addFit(const Json& fit)
{
    const double share = numberIn(fit, "share");
    (share < 1 ? m_parts : m_fits).push_back(fit);
}

void ValidationResults::setResult(const Json& result)
{
    m_result = result;
}

QString ValidationResults::metric() const
{
    const QString told = textIn(m_result, "metric");
    if (!told.isEmpty()) {
        return told;
    }
    for (const Json& fit : m_fits) {
        const Json metrics = memberAt(fit, "metrics");
        if (metrics.is_object()) {
            return metrics.contains("roc_auc") ? QStringLiteral("roc_auc")
                : metrics.contains("silhouette") ? QStringLiteral("silhouette")
                                                 : QStringLiteral("r2");
        }
    }
    return QStringLiteral("roc_auc");
}

QStringList ValidationResults::metrics() const
{
    QStringList names{metric()};
    for (const Json& fit : m_fits) {
        const Json metrics = memberAt(fit, "metrics");
        for (const char* usual : {"roc_auc", "accuracy", "macro_f1", "log_loss", "r2", "rmse", "mae", "silhouette"}) {
            if (metrics.is_object() && metrics.contains(usual) && !names.contains(QLatin1String(usual))) {
                names << QLatin1String(usual);
            }
        }
    }
    return names;
}

QList<ValidatedRow> ValidationResults::rows() const
{
    std::map<int, ValidatedRow> byLearner;
    std::map<int, QHash<QString, QList<double>>> scores;
    const auto take = [&](const Json& fit, bool isWhole) {
        const int id = static_cast<int>(numberIn(fit, "id"));
        ValidatedRow& row = byLearner[id];
        row.label = textIn(fit, "label");
        row.learner = textIn(fit, "learner");
        row.problem = row.problem.isEmpty() ? textIn(fit, "problem") : row.problem;
        const double seconds = numberIn(fit, "seconds");
        row.seconds += std::isfinite(seconds) ? seconds : 0;
        const Json metrics = memberAt(fit, "metrics");
        if (!isWhole || !metrics.is_object()) {
            return;
        }
        for (const auto& [name, value] : metrics.items()) {
            if (value.is_number()) {
                scores[id][QString::fromStdString(name)] << value.get<double>();
            }
        }
    };
    for (const Json& fit : m_fits) {
        take(fit, true);
    }
    for (const Json& fit : m_parts) {
        take(fit, false);
    }
    const QString chief = metric();
    QList<ValidatedRow> rows;
    for (auto& [id, row] : byLearner) {
        for (auto it = scores[id].cbegin(); it != scores[id].cend(); ++it) {
            const Moments moments = momentsOf(it.value());
            row.means[it.key()] = moments.mean;
            row.deviations[it.key()] = moments.deviation;
        }
        row.scores = scores[id].value(chief);
        row.low = std::nan("");
        row.high = std::nan("");
        rows << row;
    }
    QHash<QString, int> order;
    for (const Json& learner : memberAt(m_result, "learners")) {
        const QString label = textIn(learner, "label");
        order.insert(label, static_cast<int>(order.size()));
        const Json interval = memberAt(memberAt(memberAt(learner, "summary"), chief.toUtf8().constData()), "interval");
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const ValidatedRow& one) { return one.label == label; });
        if (row == rows.end()) { // it could not even begin
            ValidatedRow failed;
            failed.label = label;
            failed.learner = textIn(learner, "learner");
            failed.problem = textIn(learner, "problem");
            failed.low = failed.high = std::nan("");
            rows << failed;
        } else if (interval.is_array() && interval.size() == 2) {
            // Student's interval knows no bounds; the measure does.
            const auto [lowest, highest] = metricBounds(chief);
            row->low = std::clamp(interval[0].get<double>(), lowest, highest);
            row->high = std::clamp(interval[1].get<double>(), lowest, highest);
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [&](const ValidatedRow& a, const ValidatedRow& b) {
        return order.value(a.label, 0) < order.value(b.label, 0);
    });
    return rows;
}

QStringList ValidationResults::sentences() const
{
    QStringList words;
    for (const Json& comparison : memberAt(m_result, "comparisons")) {
        words << textIn(comparison, "words");
    }
    return words;
}

QList<widgets::SpreadRow> ValidationResults::spread() const
{
    QList<widgets::SpreadRow> made;
    for (const ValidatedRow& row : rows()) {
        if (!row.scores.isEmpty()) {
            made << widgets::SpreadRow{
                row.label, row.scores, row.means.value(metric(), std::nan("")), row.low, row.high, row.learner == QLatin1String("baseline")};
        }
    }
    return made;
}

QList<widgets::PlotSeries> ValidationResults::curve() const
{
    if (m_parts.empty()) {
        return {};
    }
    const std::string chief = metric().toStdString();
    // {learner, training or held} -> samples -> scores
    std::map<std::pair<int, bool>, std::map<double, QList<double>>> scores;
    std::map<int, QString> labels;
    std::map<int, bool> areBaselines; // what it scores on its training samples tells nothing
    for (const std::vector<Json>* fits : {&m_parts, &m_fits}) {
        for (const Json& fit : *fits) {
            const int id = static_cast<int>(numberIn(fit, "id"));
            labels[id] = textIn(fit, "label");
            areBaselines[id] = textIn(fit, "learner") == QLatin1String("baseline");
            // Folds differ by a sample: the share of the samples is what they have in common.
            const double share = numberIn(fit, "share");
            for (const bool isTraining : {false, true}) {
                const double score = numberIn(memberAt(fit, isTraining ? "training" : "metrics"), chief.c_str());
                if (std::isfinite(score)) {
                    scores[{id, isTraining}][share] << score;
                }
            }
        }
    }
    double whole = 0;
    for (const Json& fit : m_fits) {
        whole = std::max(whole, numberIn(fit, "samples"));
    }
    QList<widgets::PlotSeries> series;
    const auto bounds = metricBounds(metric());
    for (const auto& [key, byShare] : scores) {
        const auto& [id, isTraining] = key;
        if (isTraining && (labels.size() > 3 || areBaselines[id])) {
            continue; // so many lines tell nothing
        }
        widgets::PlotSeries one;
        one.name = seriesName(labels[id], isTraining);
        one.look = widgets::PlotSeries::Look::Line;
        one.isQuiet = isTraining;
        for (const auto& [share, values] : byShare) {
            const Moments moments = momentsOf(values);
            const double samples = std::round(share * (whole > 0 ? whole : 100));
            one.points << QPointF(samples, moments.mean);
            const double half = std::isfinite(moments.deviation) ? moments.deviation : 0;
            one.low << (isTraining ? std::nan("") : std::max(bounds.first, moments.mean - half));
            one.high << (isTraining ? std::nan("") : std::min(bounds.second, moments.mean + half));
            one.hints << QCoreApplication::translate("ty::app::ValidationResults", "%1\n%2 training samples: %3")
                             .arg(one.name)
                             .arg(samples)
                             .arg(spreadText(moments.mean, moments.deviation));
        }
        series << one;
    }
    return series;
}

QString ValidationResults::toMarkdown() const
{
    const QStringList names = metrics();
    QString text = QStringLiteral("| Learner |");
    QString rule = QStringLiteral("| --- |");
    for (const QString& name : names) {
        text += QLatin1Char(' ') + metricWords(name) + QStringLiteral(" |");
        rule += QStringLiteral(" ---: |");
    }
    text += QLatin1Char('\n') + rule + QLatin1Char('\n');
    for (const ValidatedRow& row : rows()) {
        text += QStringLiteral("| ") + row.label + QStringLiteral(" |");
        for (const QString& name : names) {
            text += QLatin1Char(' ') + spreadText(row.means.value(name, std::nan("")), row.deviations.value(name, std::nan(""))) + QStringLiteral(" |");
        }
        text += QLatin1Char('\n');
    }
    const QStringList words = sentences();
    return words.isEmpty() ? text : text + QLatin1Char('\n') + words.join(QStringLiteral("\n\n")) + QLatin1Char('\n');
}

QString ValidationResults::toCsv() const
{
    const QStringList names = metrics();
    QString text = QStringLiteral("learner,repeat,fold,samples,seconds,") + names.join(QLatin1Char(',')) + QLatin1Char('\n');
    for (const std::vector<Json>* fits : {&m_parts, &m_fits}) {
        for (const Json& fit : *fits) {
            QStringList cells{QString::fromStdString(csvField(textIn(fit, "label").toStdString()))};
            for (const char* number : {"repeat", "fold", "samples", "seconds"}) {
                cells << QString::number(numberIn(fit, number) + (number[0] == 'r' || number[0] == 'f' ? 1 : 0), 'g', 8);
            }
            for (const QString& name : names) {
                const double score = numberIn(memberAt(fit, "metrics"), name.toUtf8().constData());
                cells << (std::isfinite(score) ? QString::number(score, 'g', 10) : QString());
            }
            text += cells.join(QLatin1Char(',')) + QLatin1Char('\n');
        }
    }
    return text;
}

} // namespace ty::app
