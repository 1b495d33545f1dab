#include "app/pages/done_banner.h"

#include <cmath>
#include <utility>

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/models/live_run.h"
#include "app/models/stage_words.h"
#include "app/models/run_format.h"
#include "widgets/flow_layout.h"
#include "widgets/run_strip.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

double metricOf(const Json& metrics, const char* key)
{
    const auto found = metrics.find(key);
    return found != metrics.end() && found->is_number() ? found->get<double>() : std::nan("");
}

qint64 samplesOf(const LiveRun& run, const char* part)
{
    const Json& facts = run.data();
    if (!facts.is_object() || !facts.contains("samples") || !facts["samples"].is_object()) {
        return 0;
    }
    return facts["samples"].value(part, std::int64_t{0});
}

/// The metrics of the part that says most about new data, and whether it is the test part.
std::pair<Json, bool> judgedPart(const LiveRun& run)
{
    const Json& finished = run.finished();
    if (!finished.is_object() || !finished.contains("metrics") || !finished["metrics"].is_object()) {
        return {Json::object(), false};
    }
    const Json& metrics = finished["metrics"];
    for (const char* part : {"test", "validation"}) {
        if (metrics.contains(part) && metrics[part].is_object() && !metrics[part].empty()) {
            return {metrics[part], part == std::string("test")};
        }
    }
    return {Json::object(), false};
}

/// What always answering the most common class, or the mean, scores on the same part.
double baselineOf(const LiveRun& run, bool isTest, const char* key)
{
    const Json& finished = run.finished();
    const char* part = isTest ? "test" : "validation";
    if (!finished.is_object() || !finished.contains("baseline") || !finished["baseline"].is_object()
        || !finished["baseline"].contains(part) || !finished["baseline"][part].is_object()) {
        return std::nan("");
    }
    return metricOf(finished["baseline"][part], key);
}

/// 97 % must not be rounded up to a perfect 100 %.
QString wholePercent(double fraction)
{
    const double percent = fraction * 100;
    const bool isNearlyAll = percent >= 99.5 && percent < 100;
    return percentText(isNearlyAll ? std::floor(fraction * 1000) / 1000 : fraction, isNearlyAll ? 1 : 0);
}

} // namespace

DoneBanner::DoneBanner(QWidget* parent)
    : QFrame(parent)
    , m_sentence(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_mistakes(new QPushButton(tr("See mistakes"), this))
    , m_try(new QPushButton(tr("Try it"), this))
    , m_export(new QPushButton(tr("Export…"), this))
    , m_own(new QPushButton(tr("Use my own folder"), this))
{
    setObjectName(QStringLiteral("doneBanner"));
    widgets::makeCard(*this);
    widgets::setTextRole(*m_sentence, widgets::TextRole::Heading);
    widgets::setTextRole(*m_detail, widgets::TextRole::Muted);
    m_sentence->setWordWrap(true);
    m_detail->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 10, 14, 12);
    column->addWidget(m_sentence);
    column->addWidget(m_detail);
    auto* row = new QWidget(this);
    auto* buttons = new widgets::FlowLayout(row, 6);
    buttons->setContentsMargins(0, 4, 0, 0);
    for (auto* button : {m_mistakes, m_try, m_export, m_own}) {
        buttons->addWidget(button);
    }
    column->addWidget(row);
    connect(m_mistakes, &QPushButton::clicked, this, [this] {
        m_isGrouping ? emit groupsRequested() : emit mistakesRequested();
    });
    connect(m_try, &QPushButton::clicked, this, &DoneBanner::tryRequested);
    connect(m_export, &QPushButton::clicked, this, &DoneBanner::exportRequested);
    connect(m_own, &QPushButton::clicked, this, &DoneBanner::ownDataRequested);
}

QString DoneBanner::sentenceOf(const LiveRun& run)
{
    const auto [metrics, isTest] = judgedPart(run);
    const QString unseen = tr("on data it never saw (%Ln sample(s))", nullptr, static_cast<int>(samplesOf(run, "test")));
    const QString chosenBy
        = tr("on the %Ln validation sample(s) that chose the best epoch", nullptr, static_cast<int>(samplesOf(run, "validation")));
    const QString where = isTest ? unseen : chosenBy;
    if (const double groups = metricOf(metrics, "groups"); std::isfinite(groups)) {
        const QString rows = isTest ? unseen : tr("on %Ln validation sample(s)", nullptr, static_cast<int>(samplesOf(run, "validation")));
        const double noise = metricOf(metrics, "noise");
        const QString words = tr("%n group(s), silhouette %1 (1: far apart, 0: touching), %2.", nullptr, static_cast<int>(groups))
                                  .arg(metricText(metricOf(metrics, "silhouette")), rows);
        return noise > 0 ? words + tr(" %n row(s) of no group.", nullptr, static_cast<int>(noise)) : words;
    }
    if (const double share = metricOf(metrics, "unusual_share"); std::isfinite(share)) {
        return tr("%1 of the rows are unlike the rest, %2.")
            .arg(percentText(share, 1), isTest ? unseen : tr("of %Ln validation sample(s)", nullptr, static_cast<int>(samplesOf(run, "validation"))));
    }
    if (const double perplexity = metricOf(metrics, "perplexity"); std::isfinite(perplexity)) {
        return tr("Perplexity %1: as unsure of the next word as between %1 equal ones, %2.").arg(metricText(perplexity), where);
    }
    if (const double error = metricOf(metrics, "mse"); std::isfinite(error)) {
        return tr("Pixels are given again with a squared error of %1 (0 to 1), %2.").arg(metricText(error), where);
    }
    if (const double accuracy = metricOf(metrics, "accuracy"); std::isfinite(accuracy)) {
        const double least = baselineOf(run, isTest, "accuracy");
        return std::isfinite(least)
            ? tr("%1 right %2. The most common answer alone: %3.").arg(wholePercent(accuracy), where, wholePercent(least))
            : tr("%1 right %2.").arg(wholePercent(accuracy), where);
    }
    if (const double error = metricOf(metrics, "mae"); std::isfinite(error)) {
        const double least = baselineOf(run, isTest, "mae");
        const QString words = tr("Off by %1 on average, R² %2, %3.").arg(metricText(error), metricText(metricOf(metrics, "r2")), where);
        return std::isfinite(least) ? words + tr(" The mean alone: off by %1.").arg(metricText(least)) : words;
    }
    return tr("Trained. Nothing was held out, so nothing is known about new data.");
}

void DoneBanner::setRun(const LiveRun& run)
{
    const auto& record = run.record();
    m_sentence->setText(sentenceOf(run));
    const std::string unit = stageUnit(record.learner);
    const QString ended = record.outcome == "early-stop" ? tr("stopped early, no gain any more")
        : record.outcome == "finished-now"               ? tr("finished on request")
                                                         : unit.empty() ? tr("all epochs done") : tr("all done");
    QString detail = tr("%1 · %2 in %3, %4")
                         .arg(run.name(), stageCount(unit, record.epochsDone), widgets::RunStrip::durationText(record.seconds), ended);
    if (unit.empty()) {
        detail += tr(" · best epoch %1").arg(record.bestEpoch);
    } else if (unit == "rounds") {
        detail += tr(" · the first %1 are kept").arg(record.bestEpoch);
    }
    m_detail->setText(detail);
    m_isGrouping = record.task == "grouping";
    const bool isClassifying = record.task != "regression" && record.task != "reconstruction" && record.task != "next-word";
    m_mistakes->setText(m_isGrouping ? tr("See groups") : isClassifying ? tr("See mistakes") : tr("See errors"));
    const Json& facts = run.data();
    const bool isGrey = facts.is_object() && facts.contains("inputShape") && facts["inputShape"].is_array()
        && facts["inputShape"].size() == 3 && facts["inputShape"][0] == 1;
    const bool isDigits = isGrey && record.dataset.find("digit") != std::string::npos;
    m_try->setText(isDigits ? tr("Draw a digit") : tr("Try it"));
    m_try->setEnabled(record.hasModel);
    m_export->setEnabled(record.hasModel);
    setAccessibleName(m_sentence->text());
}

QString DoneBanner::sentence() const
{
    return m_sentence->text();
}

} // namespace ty::app
