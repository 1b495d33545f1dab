#include "app/models/tuning_trials.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "app/models/metric_words.h"
#include "engine/base/csv_field.h"

namespace ty::app {

namespace {

bool isWholeTrial(const Json& trial)
{
    return textIn(trial, "state") == QLatin1String("done") && numberIn(trial, "share") >= 1 && std::isfinite(numberIn(trial, "score"));
}

QString valueWords(const Json& value)
{
    return value.is_number_float()  ? QString::number(value.get<double>(), 'g', 4)
        : value.is_number_integer() ? QString::number(value.get<qint64>())
        : value.is_string()         ? QString::fromStdString(value.get<std::string>())
        : value.is_null()           ? QCoreApplication::translate("ty::app::TuningTrials", "automatic")
                                    : QString::fromStdString(value.dump());
}

Json settingIn(const Json& trial, const QString& name)
{
    const Json settings = trial.value("settings", Json::object());
    return settings.is_object() ? settings.value(name.toStdString(), Json()) : Json();
}

} // namespace

void TuningTrials::clear()
{
    m_trials.clear();
    m_metric.clear();
}

void TuningTrials::add(const Json& trial)
{
    m_metric = textIn(trial, "metric");
    m_isLowerBetter = textIn(trial, "better") == QLatin1String("lower");
    const double number = numberIn(trial, "trial");
    const auto known = std::find_if(m_trials.begin(), m_trials.end(), [number](const Json& one) { return numberIn(one, "trial") == number; });
    if (known == m_trials.end()) {
        m_trials.push_back(trial);
    } else {
        *known = trial;
    }
}

std::vector<Json> TuningTrials::sorted() const
{
    std::vector<Json> sorted = m_trials;
    const auto rank = [](const Json& trial) { return isWholeTrial(trial) ? 0 : textIn(trial, "state") == QLatin1String("done") ? 1 : 2; };
    std::stable_sort(sorted.begin(), sorted.end(), [&](const Json& a, const Json& b) {
        if (rank(a) != rank(b)) {
            return rank(a) < rank(b);
        }
        if (rank(a) == 1 && numberIn(a, "share") != numberIn(b, "share")) {
            return numberIn(a, "share") > numberIn(b, "share");
        }
        return isBetter(numberIn(a, "score"), numberIn(b, "score"));
    });
    return sorted;
}

const Json* TuningTrials::best() const
{
    const Json* best = nullptr;
    for (const Json& trial : m_trials) {
        if (isWholeTrial(trial) && (best == nullptr || isBetter(numberIn(trial, "score"), numberIn(*best, "score")))) {
            best = &trial;
        }
    }
    return best;
}

const Json* TuningTrials::find(int number) const
{
    const auto found = std::find_if(m_trials.begin(), m_trials.end(), [number](const Json& one) { return numberIn(one, "trial") == number; });
    return found == m_trials.end() ? nullptr : &*found;
}

QString TuningTrials::settingsText(const Json& trial, const QStringList& searched, const QStringList& labels)
{
    QStringList words;
    for (qsizetype i = 0; i < searched.size(); ++i) {
        words << labels.value(i, searched[i]) + QLatin1Char(' ') + valueWords(settingIn(trial, searched[i]));
    }
    return words.join(QStringLiteral(", "));
}

QList<widgets::PlotSeries> TuningTrials::course() const
{
    widgets::PlotSeries dots;
    dots.name = QCoreApplication::translate("ty::app::TuningTrials", "Trial");
    widgets::PlotSeries best;
    best.name = QCoreApplication::translate("ty::app::TuningTrials", "Best so far");
    best.look = widgets::PlotSeries::Look::Steps;
    double reached = std::nan("");
    int place = 0;
    for (const Json& trial : m_trials) {
        ++place;
        const double score = numberIn(trial, "score");
        if (!isWholeTrial(trial)) {
            continue;
        }
        dots.points << QPointF(place, score);
        dots.keys << static_cast<int>(numberIn(trial, "trial"));
        dots.hints << QStringLiteral("%1: %2\n%3").arg(metricWords(m_metric), spreadText(score, numberIn(trial, "deviation")), settingsText(trial, m_searched, m_labels));
        reached = std::isnan(reached) || isBetter(score, reached) ? score : reached;
        best.points << QPointF(place, reached);
    }
    if (!best.points.isEmpty() && best.points.last().x() < place) {
        best.points << QPointF(place, reached);
    }
    return {dots, best};
}

QList<widgets::PlotSeries> TuningTrials::front(const char* cost) const
{
    widgets::PlotSeries dots;
    dots.name = QCoreApplication::translate("ty::app::TuningTrials", "Trial");
    std::vector<const Json*> whole;
    for (const Json& trial : m_trials) {
        if (isWholeTrial(trial)) {
            whole.push_back(&trial);
        }
    }
    std::stable_sort(whole.begin(), whole.end(), [&](const Json* a, const Json* b) {
        const double x = numberIn(*a, cost);
        const double y = numberIn(*b, cost);
        return x != y ? x < y : isBetter(numberIn(*a, "score"), numberIn(*b, "score"));
    });
    widgets::PlotSeries line;
    line.name = QCoreApplication::translate("ty::app::TuningTrials", "Nothing is better and cheaper");
    line.look = widgets::PlotSeries::Look::Steps;
    double reached = std::nan("");
    for (const Json* trial : whole) {
        const QPointF at(numberIn(*trial, cost) / (cost[0] == 'b' ? 1024 : 1), numberIn(*trial, "score"));
        dots.points << at;
        dots.keys << static_cast<int>(numberIn(*trial, "trial"));
        dots.hints << QCoreApplication::translate("ty::app::TuningTrials", "%1: %2\n%3 s to learn, %4 KiB\n%5")
                          .arg(metricWords(m_metric), spreadText(at.y(), numberIn(*trial, "deviation")))
                          .arg(numberIn(*trial, "seconds"), 0, 'g', 3)
                          .arg(numberIn(*trial, "bytes") / 1024, 0, 'f', 0)
                          .arg(settingsText(*trial, m_searched, m_labels));
        if (std::isnan(reached) || isBetter(at.y(), reached)) {
            reached = at.y();
            line.points << at;
        }
    }
    return {dots, line};
}

QString TuningTrials::toCsv(const QStringList& searched) const
{
    QString text = QStringLiteral("trial,state,share,") + m_metric + QStringLiteral(",deviation,seconds,bytes,") + searched.join(QLatin1Char(',')) + QLatin1Char('\n');
    for (const Json& trial : sorted()) {
        QStringList cells{QString::number(numberIn(trial, "trial")), textIn(trial, "state"), QString::number(numberIn(trial, "share"), 'g', 6)};
        for (const char* number : {"score", "deviation", "seconds", "bytes"}) {
            const double value = numberIn(trial, number);
            cells << (std::isfinite(value) ? QString::number(value, 'g', 10) : QString());
        }
        for (const QString& name : searched) {
            const Json value = settingIn(trial, name);
            const std::string plain = value.is_string() ? value.get<std::string>() : value.is_null() ? "auto" : value.dump();
            cells << QString::fromStdString(csvField(plain));
        }
        text += cells.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return text;
}

} // namespace ty::app
