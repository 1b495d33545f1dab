#include "app/pages/train_page.h"

#include <map>

#include <QAction>
#include <QKeySequence>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/pages/train_live.h"
#include "app/pages/train_setup.h"
#include "app/pages/train_wells.h"
#include "app/services/all_services.h"
#include "app/services/study_service.h"
#include "widgets/drop_well.h"
#include "widgets/splitters.h"

namespace ty::app {

namespace {
constexpr auto kSplitterKey = "train/splitter";
constexpr int kSetupWidth = 380;
} // namespace

TrainPage::TrainPage(AppContext& context, QWidget* parent)
    : Page(parent)
    , m_context(context)
    , m_studies(new StudyService(context.paths, this))
    , m_train(new QAction(tr("Train ▸"), this))
    , m_queue(new QAction(tr("Add to queue"), this))
{
    m_train->setToolTip(tr("Start this run (Ctrl+Enter)"));
    m_queue->setToolTip(tr("Freeze these settings and start when the runs before have ended"));
    // Made first, so that its sides are made where they stay: moving them would style all their controls again.
    auto* splitter = widgets::makeSplitter(Qt::Horizontal, {}, {}, this);
    m_setup = new TrainSetup(context, m_train, m_queue, splitter);
    m_live = new TrainLive(context, splitter);
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    m_live->setMinimumWidth(360);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({kSetupWidth, 3 * kSetupWidth});
    const QByteArray kept = context.settings.layout(QLatin1String(kSplitterKey));
    if (!kept.isEmpty()) {
        splitter->restoreState(kept);
    }
    connect(splitter, &QSplitter::splitterMoved, this, [this, splitter] {
        m_context.settings.setLayout(QLatin1String(kSplitterKey), splitter->saveState());
    });
    connect(&context.settings, &SettingsService::layoutReset, this, [splitter] {
        splitter->setSizes({kSetupWidth, 3 * kSetupWidth});
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);

    connect(m_train, &QAction::triggered, this, [this] { train(true); });
    connect(m_queue, &QAction::triggered, this, [this] { train(false); });
    connect(m_setup, &TrainSetup::readinessChanged, this, &TrainPage::refreshActions);
    connect(m_setup, &TrainSetup::trainRequested, this, [this](const RunSpec& spec) { start(spec, true); });
    connect(m_live, &TrainLive::editRequested, this, &TrainPage::reproduceRun);
    connect(m_live, &TrainLive::sampleRequested, this, [this] {
        m_context.datasets.addSample(QStringLiteral("digits"));
    });
    connect(&context.datasets, &DatasetService::sampleAdded, this, [this](const QString&, qint64 datasetId) {
        if (isVisible()) {
            setTrainingDataset(datasetId, QStringLiteral("fast"));
        }
    });
    connect(&context.runs, &RunService::runEnded, this, &TrainPage::learnFromRun);
    refreshActions();
}

TrainPage::~TrainPage() = default;

QList<QAction*> TrainPage::pageActions()
{
    return {m_train, m_queue};
}

void TrainPage::refreshActions()
{
    const bool isReady = m_setup->whyNot().isEmpty() && !m_isCreating;
    m_train->setEnabled(isReady);
    m_queue->setEnabled(isReady);
}

void TrainPage::setTrainingDataset(qint64 datasetId, const QString& preset)
{
    m_setup->setTrainingDataset(datasetId, preset);
}

void TrainPage::reproduceRun(qint64 runId)
{
    m_context.catalog.call(
        this,
        [runId](catalog::Catalog& catalog) -> Result<std::pair<RunSpec, qint64>> {
            TY_TRY(RunSpec spec, catalog.runSpec(runId));
            TY_TRY(const catalog::RunRecord run, catalog.run(runId));
            if (!spec.start.from.empty() && spec.start.from.front() != '/') {
                spec.start.from = run.folder + "/" + spec.start.from; // it was told relative to its own folder
            }
            return std::pair<RunSpec, qint64>{spec, run.datasetId};
        },
        [this](Result<std::pair<RunSpec, qint64>> found) {
            if (found) {
                m_setup->applySpec(found->first, found->second);
            } else {
                m_context.notices.error(tr("The run's settings could not be read."), found.error());
            }
        });
}

void TrainPage::startFromModel(qint64 modelId)
{
    m_setup->startFromModel(modelId);
}

void TrainPage::openStudy(const QString& name)
{
    m_studies->load(name, this, [this](Result<KeptStudy> study) {
        if (study) {
            m_setup->openStudy(std::move(study).value());
        } else {
            m_context.notices.error(tr("The study could not be read."), study.error());
        }
    });
}

void TrainPage::showLiveRun(qint64 runId)
{
    m_live->showRun(runId);
}

void TrainPage::train(bool isShown)
{
    start(m_setup->spec(), isShown);
}

void TrainPage::start(RunSpec spec, bool isShown)
{
    if (const auto checked = spec.validate(); !checked) {
        m_context.notices.error(tr("The run cannot start."), checked.error());
        return;
    }
    m_isCreating = true; // a second click makes no second run
    refreshActions();
    const TrainWork work = m_setup->work();
    m_context.runs.start(spec, m_setup->datasetId(), this, [this, isShown, work](Result<catalog::RunRecord> run) {
        m_isCreating = false;
        refreshActions();
        if (!run) {
            m_context.notices.error(tr("The run could not be created."), run.error());
            return;
        }
        m_works[run->id] = work;
        if (isShown || m_live->runId() == 0) {
            m_live->showRun(run->id);
        } else {
            m_context.notices.toast(tr("%1 is in the queue.").arg(QString::fromStdString(run->name)));
        }
    });
}

void TrainPage::learnFromRun(qint64 runId)
{
    const auto known = m_works.find(runId);
    const LiveRun* run = m_context.runs.live(runId);
    if (known == m_works.end() || run == nullptr) {
        return;
    }
    TrainWork work = known->second;
    work.epochs = run->record().epochsDone;
    if (work.epochs > 0) {
        m_setup->learnFrom(work, run->record().seconds);
    }
    m_works.erase(known);
}

} // namespace ty::app
