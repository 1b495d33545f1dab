#include "app/pages/train_live.h"

#include <QFileDialog>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/live_run.h"
#include "app/models/mark_reader.h"
#include "app/models/stage_words.h"
#include "app/pages/done_banner.h"
#include "app/pages/error_text.h"
#include "app/pages/export_dialog.h"
#include "app/pages/restart_run.h"
#include "app/pages/run_again.h"
#include "app/pages/run_charts.h"
#include "app/services/all_services.h"
#include "widgets/empty_state.h"
#include "widgets/error_panel.h"
#include "widgets/run_strip.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using widgets::RunPhase;
using widgets::RunStrip;

TrainLive::TrainLive(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_stack(new QStackedWidget(this))
    , m_empty(new widgets::EmptyState(
          context.theme.icon(QStringLiteral("train")), tr("Your curves appear here as soon as you press Train.")))
    , m_strip(new RunStrip(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_banner(new DoneBanner(this))
    , m_warning(new QLabel(this))
    , m_queue(new QLabel(this))
    , m_charts(nullptr)
{
    connect(&context.theme, &ThemeService::themeChanged, this, [this] {
        m_empty->setIcon(m_context.theme.icon(QStringLiteral("train")));
    });
    connect(m_empty->addButton(tr("Use a sample")), &QPushButton::clicked, this, &TrainLive::sampleRequested);
    // Into its place before the charts come: a style sheet styles all of a subtree anew whenever it moves.
    auto* live = new QWidget(m_stack);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(live);
    m_charts = new RunCharts(context, live);
    auto* column = new QVBoxLayout(live);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addWidget(m_strip);
    column->addWidget(m_error);
    column->addWidget(m_banner);
    m_warning->setWordWrap(true);
    widgets::setTextRole(*m_warning, widgets::TextRole::Warn);
    column->addWidget(m_warning);
    widgets::setTextRole(*m_queue, widgets::TextRole::Muted);
    m_queue->setWordWrap(true);
    column->addWidget(m_queue);
    column->addWidget(m_charts, 1);
    column->addStretch(0); // takes the room while there are no charts
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    connectStrip();
    connectBanner();
    auto& runs = m_context.runs;
    connect(&runs, &RunService::liveChanged, this, [this](qint64 runId) {
        if (runId == m_runId) {
            refresh();
        }
    });
    connect(&runs, &RunService::activityChanged, this, [this] {
        refreshQueue();
        // What an earlier window left running is worth seeing.
        const auto active = m_context.runs.activeRuns();
        if (m_runId == 0 && !active.empty()) {
            showRun(active.front());
        }
    });
    connect(&runs, &RunService::commandFailed, this, [this](qint64 runId, const QString& message) {
        if (runId == m_runId) {
            m_context.notices.toast(message);
        }
    });
    const auto active = runs.activeRuns();
    if (!active.empty()) {
        showRun(active.front());
    }
}

void TrainLive::connectStrip()
{
    auto& runs = m_context.runs;
    connect(m_strip, &RunStrip::pauseRequested, this, [this, &runs] { runs.pause(m_runId); });
    connect(m_strip, &RunStrip::resumeRequested, this, [this, &runs] { runs.resume(m_runId); });
    connect(m_strip, &RunStrip::finishRequested, this, [this, &runs] { runs.finishNow(m_runId); });
    connect(m_strip, &RunStrip::stopRequested, this, [this, &runs] { runs.stop(m_runId); });
    connect(m_strip, &RunStrip::snapshotRequested, this, [this, &runs] { runs.snapshot(m_runId); });
    connect(m_strip, &RunStrip::extendRequested, this, [this] {
        if (const LiveRun* run = m_context.runs.live(m_runId)) {
            askToExtend(m_context, run->record(), this);
        }
    });
    connect(m_strip, &RunStrip::epochsChangeRequested, this, [this, &runs](int epochs) {
        runs.set(m_runId, QStringLiteral("epochs"), epochs);
    });
    connect(m_strip, &RunStrip::learningRateChangeRequested, this, [this, &runs](double rate) {
        runs.set(m_runId, QStringLiteral("learningRate"), rate);
    });
    connect(m_strip, &RunStrip::patienceChangeRequested, this, [this, &runs](int patience) {
        runs.set(m_runId, QStringLiteral("patience"), patience);
    });
}

void TrainLive::connectBanner()
{
    connect(m_banner, &DoneBanner::mistakesRequested, this, [this] {
        emit m_context.navigation.mistakesRequested(m_runId);
    });
    connect(m_banner, &DoneBanner::groupsRequested, this, [this] { emit m_context.navigation.evaluationRequested(m_runId); });
    connect(m_banner, &DoneBanner::tryRequested, this, [this] {
        withModel([this](qint64 modelId, const QString&) { emit m_context.navigation.modelRequested(modelId); });
    });
    connect(m_banner, &DoneBanner::exportRequested, this, [this] {
        withModel([this](qint64 modelId, const QString&) { ExportDialog::open(m_context, modelId, this); });
    });
    connect(m_banner, &DoneBanner::ownDataRequested, this, [this] {
        auto* dialog = new QFileDialog(this, tr("A folder with one folder of pictures for each class"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
            emit m_context.navigation.importRequested({path});
        });
        dialog->open();
    });
}

void TrainLive::withModel(const std::function<void(qint64, const QString&)>& then)
{
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return catalog.models(); },
        [runId = m_runId, then](Result<std::vector<catalog::ModelRecord>> models) {
            if (!models) {
                return;
            }
            for (const auto& model : models.value()) {
                if (model.runId == runId) {
                    then(model.id, QString::fromStdString(model.folder));
                    return;
                }
            }
        });
}

void TrainLive::showRun(qint64 runId)
{
    const LiveRun* run = m_context.runs.live(runId);
    if (run == nullptr) {
        return;
    }
    m_runId = runId;
    m_errorOf = 0;
    m_stack->setCurrentIndex(1);
    m_charts->showRun({runId, run->name()});
    refresh();
    refreshQueue();
}

void TrainLive::refresh()
{
    const LiveRun* run = m_context.runs.live(m_runId);
    if (run == nullptr) {
        return;
    }
    nameStages(*m_strip, run->record().learner);
    m_strip->setState(run->strip());
    const bool isDone = run->strip().phase == RunPhase::Finished && run->finished().is_object();
    if (isDone) {
        m_banner->setRun(*run);
    }
    m_banner->setVisible(isDone);
    showError(*run);
    const QStringList& warnings = run->warnings();
    m_warning->setText(warnings.isEmpty() ? QString() : QStringLiteral("⚠ ") + warnings.last());
    m_warning->setVisible(!warnings.isEmpty() && !isDone);
}

void TrainLive::showError(const LiveRun& run)
{
    const bool hasError = run.strip().phase == RunPhase::Failed && !run.error().message.empty();
    m_error->setVisible(hasError);
    m_charts->setVisible(!hasError || m_charts->pointCount() > 0);
    if (!hasError) {
        m_errorOf = 0;
        return;
    }
    if (m_errorOf == run.id()) {
        return;
    }
    m_errorOf = run.id();
    const Error& error = run.error();
    m_error->clearButtons();
    m_error->setSeverity(widgets::ErrorPanel::Severity::Error);
    const QString advice = error.advice.empty() && error.kind == ErrorKind::NotFound
        ? tr("Choose the data again in Training.")
        : QString::fromStdString(error.advice);
    m_error->setText(
        tr("%1 did not finish.").arg(run.name()), errorReason(error), advice);
    m_error->setDetails(tr("Code: %1\nRun folder: %2").arg(QLatin1String(errorKindName(error.kind)), run.folder()));
    const qint64 runId = run.id();
    const bool isDiverged = divergedAtStep(error.message).has_value();
    if (isDiverged) {
        const int epoch = run.record().epochsDone;
        QPushButton* restart = m_error->addButton(restartAtTenthText(epoch));
        restart->setObjectName(QStringLiteral("restartSlower"));
        connect(restart, &QPushButton::clicked, this, [this, runId, epoch] {
            restartAtTenth(m_context, runId, epoch);
        });
    }
    // To resume a run that broke down would only break it down again.
    if (!isDiverged && (run.record().epochsDone > 0 || run.record().isResumable)) {
        connect(m_error->addButton(tr("Resume")), &QPushButton::clicked, this, [this, runId] {
            m_context.runs.resume(runId);
            showRun(runId);
        });
    }
    connect(m_error->addButton(tr("Change settings")), &QPushButton::clicked, this, [this, runId] {
        emit editRequested(runId);
    });
    connect(m_error->addButton(tr("Show log")), &QPushButton::clicked, this, [this, runId] {
        emit m_context.navigation.runRequested(runId);
    });
}

void TrainLive::refreshQueue()
{
    QStringList lines;
    for (const qint64 id : m_context.runs.activeRuns()) {
        const LiveRun* run = m_context.runs.live(id);
        if (run != nullptr && !run->waitReason().isEmpty()) {
            lines << tr("○ %1 %2").arg(run->name(), run->waitReason());
        }
    }
    m_queue->setText(lines.join(QLatin1Char('\n')));
    m_queue->setVisible(!lines.isEmpty());
}

} // namespace ty::app
