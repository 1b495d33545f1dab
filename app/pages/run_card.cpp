#include "app/pages/run_card.h"

#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include "app/services/run_digest.h"
#include "widgets/chart/spark_line.h"
#include "widgets/elided_label.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
QString stateText(const RunGlance& run)
{
    if (run.state == QLatin1String("running")) {
        return RunCard::tr("● Running, epoch %1/%2").arg(run.epochsDone).arg(run.epochsPlanned);
    }
    if (run.state == QLatin1String("paused")) {
        return RunCard::tr("‖ Paused, epoch %1/%2").arg(run.epochsDone).arg(run.epochsPlanned);
    }
    if (run.state == QLatin1String("queued")) {
        return RunCard::tr("○ Waiting");
    }
    if (run.state == QLatin1String("finished")) {
        return RunCard::tr("✔ Finished");
    }
    if (run.state == QLatin1String("failed")) {
        return RunCard::tr("✖ Failed");
    }
    if (run.state == QLatin1String("interrupted")) {
        return RunCard::tr("⚡ Interrupted, can be resumed");
    }
    return RunCard::tr("■ Stopped");
}

QString bestText(const RunGlance& run)
{
    if (!std::isfinite(run.best)) {
        return {};
    }
    const QLocale locale;
    const auto value = run.metric == QLatin1String("accuracy") ? RunCard::tr("%1 %").arg(locale.toString(100 * run.best, 'f', 1))
                                                               : locale.toString(run.best, 'g', 4);
    return RunCard::tr("%1 %2").arg(run.metric, value);
}
} // namespace

RunCard::RunCard(QWidget* parent)
    : QPushButton(parent)
    , m_name(new widgets::ElidedLabel({}, this))
    , m_state(new QLabel(this))
    , m_best(new QLabel(this))
    , m_curve(new widgets::SparkLine(this))
{
    setAutoDefault(true); // so that Enter opens it
    widgets::setTextRole(*m_name, widgets::TextRole::Strong);
    widgets::setTextRole(*m_state, widgets::TextRole::Muted);
    m_curve->setFixedWidth(120);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(m_name);
    words->addWidget(m_state);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 6);
    layout->addLayout(words, 1);
    layout->addWidget(m_best);
    layout->addWidget(m_curve);
    for (auto* child : findChildren<QWidget*>()) {
        child->setAttribute(Qt::WA_TransparentForMouseEvents);
        child->setFocusPolicy(Qt::NoFocus);
    }
}

void RunCard::setRun(const RunGlance& run)
{
    m_id = run.id;
    m_name->setText(run.name);
    m_state->setText(run.dataset.isEmpty() ? stateText(run) : tr("%1  ·  %2").arg(stateText(run), run.dataset));
    m_best->setText(bestText(run));
    m_curve->setValues(run.curve);
    m_curve->setLabel(tr("Loss of %1").arg(run.name));
    setAccessibleName(tr("Open run %1").arg(run.name));
    setAccessibleDescription(tr("%1, %2").arg(m_state->text(), m_best->text()));
    setToolTip(tr("Open %1").arg(run.name));
}

QSize RunCard::sizeHint() const
{
    return layout()->sizeHint();
}

QSize RunCard::minimumSizeHint() const
{
    return layout()->minimumSize();
}

} // namespace ty::app
