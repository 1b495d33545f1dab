#include "app/pages/run_detail.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QComboBox>
#include <QDesktopServices>
#include <QFileInfo>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QThreadPool>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/live_run.h"
#include "app/models/mark_reader.h"
#include "app/models/run_format.h"
#include "app/models/stage_words.h"
#include "app/pages/catalog_actions.h"
#include "app/pages/error_text.h"
#include "app/pages/evaluation_view.h"
#include "app/pages/restart_run.h"
#include "app/pages/run_again.h"
#include "app/pages/run_charts.h"
#include "app/pages/run_checkpoints.h"
#include "app/pages/samples_view.h"
#include "app/services/all_services.h"
#include "app/services/learner_list.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "widgets/elided_label.h"
#include "widgets/error_panel.h"
#include "widgets/run_strip.h"
#include "widgets/table_look.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using catalog::RunRecord;
using widgets::RunStrip;

RunDetail::RunDetail(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_learners(new LearnerList(runnerProgram(), this))
    , m_title(new QLabel(this))
    , m_subtitle(new widgets::ElidedLabel({}, this))
    , m_resume(new QPushButton(tr("Resume"), this))
    , m_extend(new QPushButton(tr("Extend…"), this))
    , m_reproduce(new QPushButton(tr("Use these settings"), this))
    , m_strip(new RunStrip(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_tabs(new QTabWidget(this))
    , m_charts(new RunCharts(context, this))
    , m_evaluation(new EvaluationView(this))
    , m_samples(new SamplesView(context, this))
    , m_settings(new QStandardItemModel(this))
    , m_other(new QComboBox(this))
    , m_checkpoints(new RunCheckpoints(context, this))
    , m_files(new QStandardItemModel(this))
    , m_log(new QPlainTextEdit(this))
    , m_environment(new QStandardItemModel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addWidget(buildHeader());
    column->addWidget(m_strip);
    column->addWidget(m_error);
    m_error->hide();
    m_tabs->setDocumentMode(true);
    column->addWidget(m_tabs, 1);
    const auto addTab = [this](QWidget* page, const QString& title, const char* key) {
        m_tabs->addTab(page, title);
        m_tabKeys << QLatin1String(key);
    };
    addTab(m_charts, tr("Charts"), "charts");
    addTab(m_evaluation, tr("Evaluation"), "evaluation");
    addTab(m_samples, tr("Samples"), "samples");
    addTab(buildSettings(), tr("Settings"), "settings");
    addTab(m_checkpoints, tr("Checkpoints"), "checkpoints");
    auto* files = addTable(m_files, tr("Files"));
    connect(files, &QTableView::activated, this, [this](const QModelIndex& index) {
        const QString name = index.siblingAtColumn(0).data().toString();
        QDesktopServices::openUrl(
            QUrl::fromLocalFile(QString::fromStdString(m_run.folder) + QLatin1Char('/') + name));
    });
    addTab(files, tr("Files"), "files");
    m_log->setReadOnly(true);
    m_log->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_log->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_log->setAccessibleName(tr("Log"));
    addTab(m_log, tr("Log"), "log");
    addTab(buildEnvironment(), tr("Environment"), "environment");

    connect(m_evaluation, &EvaluationView::cellChosen, this,
            [this](const QString& part, const QString& truth, const QString& predicted) {
                m_samples->showCell(part, truth, predicted);
                showTab(QStringLiteral("samples"));
            });
    connect(m_evaluation, &EvaluationView::samplesBrushed, this, [this](const QString& part, const QList<int>& places) {
        m_samples->showPlaces(part, places);
        if (!places.isEmpty()) {
            showTab(QStringLiteral("samples"));
        }
    });
    connect(m_evaluation, &EvaluationView::thresholdChosen, this, &RunDetail::keepThreshold);
    auto& runs = m_context.runs;
    connect(&runs, &RunService::liveChanged, this, [this](qint64 runId) {
        if (runId == m_runId) {
            showRecord();
        }
    });
    connect(&runs, &RunService::runEnded, this, [this](qint64 runId) {
        if (runId == m_runId) {
            loadRecord();
            loadPaper();
        }
    });
    connect(m_strip, &RunStrip::pauseRequested, this, [this, &runs] { runs.pause(m_runId); });
    connect(m_strip, &RunStrip::resumeRequested, this, [this, &runs] { runs.resume(m_runId); });
    connect(m_strip, &RunStrip::finishRequested, this, [this, &runs] { runs.finishNow(m_runId); });
    connect(m_strip, &RunStrip::stopRequested, this, [this, &runs] { runs.stop(m_runId); });
    connect(m_strip, &RunStrip::snapshotRequested, this, [this, &runs] { runs.snapshot(m_runId); });
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

RunDetail::~RunDetail() = default;

QWidget* RunDetail::buildHeader()
{
    auto* header = new QWidget(this);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    auto* back = new QToolButton(header);
    back->setIcon(m_context.theme.icon(QStringLiteral("chevron-left")));
    connect(&m_context.theme, &ThemeService::themeChanged, back, [this, back] {
        back->setIcon(m_context.theme.icon(QStringLiteral("chevron-left")));
    });
    back->setToolTip(tr("Back to all runs (Alt+Left)"));
    back->setAccessibleName(tr("Back to all runs"));
    back->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Left));
    back->setFocusPolicy(Qt::StrongFocus);
    widgets::setTextRole(*m_title, widgets::TextRole::Title);
    widgets::setTextRole(*m_subtitle, widgets::TextRole::Muted);
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(m_title);
    names->addWidget(m_subtitle);
    auto* folder = new QPushButton(tr("Open folder"), header);
    row->addWidget(back);
    row->addLayout(names, 1);
    row->addWidget(m_resume);
    row->addWidget(m_extend);
    row->addWidget(m_reproduce);
    row->addWidget(folder);
    m_reproduce->setToolTip(tr("Fill the Train page with this run's data, settings and seed"));
    connect(back, &QToolButton::clicked, this, &RunDetail::backRequested);
    connect(m_resume, &QPushButton::clicked, this, [this] { m_context.runs.resume(m_runId); });
    m_extend->setToolTip(tr("Train for more epochs, exactly from where the run ended"));
    connect(m_extend, &QPushButton::clicked, this, [this] { askToExtend(m_context, m_run, this); });
    connect(m_reproduce, &QPushButton::clicked, this, [this] {
        emit m_context.navigation.reproduceRequested(m_runId);
    });
    connect(folder, &QPushButton::clicked, this, [this] { openFolder(QString::fromStdString(m_run.folder)); });
    return header;
}

QTableView* RunDetail::addTable(QStandardItemModel* model, const QString& name)
{
    auto* view = new QTableView(this);
    view->setModel(model);
    widgets::setUpRows(*view, name);
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents); // few rows, long names
    view->horizontalHeader()->setStretchLastSection(true);
    return view;
}

QWidget* RunDetail::buildSettings()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("Compare with"), page);
    label->setBuddy(m_other);
    m_other->setAccessibleName(label->text());
    m_other->setMinimumContentsLength(24);
    row->addWidget(label);
    row->addWidget(m_other);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(addTable(m_settings, tr("Settings")), 1);
    connect(m_other, &QComboBox::currentIndexChanged, this, [this] {
        const qint64 other = m_other->currentData().toLongLong();
        m_otherSettings = nullptr;
        if (other == 0) {
            fillSettings();
            return;
        }
        m_context.catalog.call(
            this, [other](catalog::Catalog& catalog) { return catalog.runSettings(other); },
            [this](Result<Json> settings) {
                m_otherSettings = settings ? settings.value() : Json();
                fillSettings();
            });
    });
    return page;
}

QWidget* RunDetail::buildEnvironment()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    auto* view = addTable(m_environment, tr("Environment"));
    view->horizontalHeader()->hide();
    column->addWidget(view, 1);
    auto* again = new QPushButton(tr("Reproduce"), page);
    again->setToolTip(m_reproduce->toolTip());
    column->addWidget(again, 0, Qt::AlignLeft);
    connect(again, &QPushButton::clicked, this, [this] { emit m_context.navigation.reproduceRequested(m_runId); });
    return page;
}

void RunDetail::showTab(const QString& key)
{
    const auto place = m_tabKeys.indexOf(key);
    if (place >= 0) {
        m_tabs->setCurrentIndex(static_cast<int>(place));
    }
}

void RunDetail::showRun(qint64 runId)
{
    m_evaluation->setPaper(nullptr);
    m_samples->setPaper(nullptr);
    m_paper = {};
    m_runId = runId;
    m_run = {};
    m_otherSettings = nullptr;
    m_log->clear();
    m_title->clear();
    m_subtitle->clear();
    loadRecord();
}

void RunDetail::loadRecord()
{
    struct Found {
        RunRecord run;
        Json settings;
        std::vector<RunRecord> others;
    };
    const qint64 runId = m_runId;
    m_context.runs.flush(runId);
    m_context.catalog.call(
        this,
        [runId](catalog::Catalog& catalog) -> Result<Found> {
            Found found;
            TY_TRY(found.run, catalog.run(runId));
            TY_TRY(found.settings, catalog.runSettings(runId));
            TY_TRY(found.others, catalog.runs());
            return found;
        },
        [this, runId](Result<Found> found) {
            if (runId != m_runId) {
                return;
            }
            if (!found) {
                m_context.notices.error(tr("The run could not be opened."), found.error());
                emit backRequested();
                return;
            }
            const bool isFirst = m_run.id != runId;
            m_run = std::move(found->run);
            m_runSettings = std::move(found->settings);
            showRecord();
            fillSettings();
            nameSettings();
            m_checkpoints->showRun(m_run);
            m_samples->setRun(m_run);
            if (isFirst) {
                m_charts->showRun({runId, QString::fromStdString(m_run.name)});
                const QSignalBlocker quiet(m_other);
                m_other->clear();
                m_other->addItem(tr("No other run"), qlonglong{0});
                constexpr std::size_t kOffered = 200;
                for (std::size_t i = 0; i < std::min(kOffered, found->others.size()); ++i) {
                    if (found->others[i].id != runId) {
                        m_other->addItem(
                            QString::fromStdString(found->others[i].name), static_cast<qlonglong>(found->others[i].id));
                    }
                }
                loadPaper();
            }
        });
}

void RunDetail::loadPaper()
{
    QThreadPool::globalInstance()->start(
        [self = QPointer<RunDetail>(this), notices = QPointer<Notices>(&m_context.notices), runId = m_runId,
         folder = m_run.folder] {
            auto paper = std::make_shared<RunPaper>(RunPaper::load(folder));
            if (!notices) {
                return;
            }
            // Delivered through a service, which outlives every page; the page is asked for on the GUI thread.
            QMetaObject::invokeMethod(
                notices.data(),
                [self, runId, paper] {
                    if (!self || self->m_runId != runId) {
                        return;
                    }
                    self->m_evaluation->setPaper(nullptr);
                    self->m_samples->setPaper(nullptr);
                    self->m_paper = std::move(*paper);
                    self->m_evaluation->setPaper(&self->m_paper);
                    self->m_evaluation->setThresholdKept(QFileInfo::exists(QString::fromStdString(self->m_run.folder) + QStringLiteral("/model/model.json")));
                    self->m_samples->setPaper(&self->m_paper);
                    self->m_log->setPlainText(self->m_paper.log);
                    self->fillFiles();
                    self->fillEnvironment();
                },
                Qt::QueuedConnection);
        });
}

void RunDetail::showRecord()
{
    const LiveRun* live = m_context.runs.live(m_runId);
    const RunRecord& run = live != nullptr && live->isActive() ? live->record() : m_run;
    m_title->setText(QString::fromStdString(run.name));
    QStringList facts{runStateText(live != nullptr && live->isActive() ? run.state : m_run.state),
                      QString::fromStdString(m_run.dataset)};
    if (std::isfinite(run.best)) {
        const std::string unit = stageUnit(run.learner);
        const QString best = tr("best %1 %2").arg(metricName(QString::fromStdString(run.metric)).toLower(), metricText(run.best));
        facts << (run.epochsDone < 2 ? best
                      : unit.empty() ? tr("%1 in epoch %2").arg(best).arg(run.bestEpoch)
                                     : tr("%1 after %2").arg(best, stageCount(unit, run.bestEpoch)));
    }
    if (run.seconds > 0) {
        facts << RunStrip::durationText(run.seconds);
    }
    if (!m_run.parent.empty()) {
        facts << (m_run.parentEpoch > 0 ? tr("from %1, epoch %2").arg(QString::fromStdString(m_run.parent)).arg(m_run.parentEpoch)
                                        : tr("from %1").arg(QString::fromStdString(m_run.parent)));
    }
    facts << whenText(m_run.started.empty() ? m_run.created : m_run.started);
    m_subtitle->setText(facts.join(QStringLiteral(" · ")));
    const bool isLive = live != nullptr && (live->isActive() || live->strip().phase == widgets::RunPhase::Queued);
    m_strip->setVisible(isLive);
    if (isLive) {
        nameStages(*m_strip, live->record().learner);
        m_strip->setState(live->strip());
    }
    const bool isResumable = m_run.isResumable && !isLive
        && (m_run.state == catalog::RunState::Interrupted || m_run.state == catalog::RunState::Stopped
            || m_run.state == catalog::RunState::Failed);
    const bool isDiverged = divergedAtStep(m_run.errorMessage).has_value();
    m_resume->setVisible(isResumable && !isDiverged); // it would only break down again
    m_extend->setVisible(m_run.isResumable && !isLive && stageUnit(m_run.learner).empty()); // what has no epochs takes no more of them
    m_error->setVisible(!isLive && !m_run.errorMessage.empty());
    if (!m_run.errorMessage.empty()) {
        m_error->setText(
            tr("%1 did not finish.").arg(QString::fromStdString(m_run.name)), asSentence(QString::fromStdString(m_run.errorMessage)),
            QString::fromStdString(m_run.errorAdvice));
        m_error->setDetails(tr("Code: %1").arg(QString::fromStdString(m_run.errorKind)));
        m_error->clearButtons();
        if (isDiverged) {
            auto* restart = m_error->addButton(restartAtTenthText(m_run.epochsDone));
            restart->setObjectName(QStringLiteral("restartSlower"));
            connect(restart, &QPushButton::clicked, this, [this, runId = m_runId, epoch = m_run.epochsDone] {
                restartAtTenth(m_context, runId, epoch);
            });
        }
    }
}

void RunDetail::nameSettings()
{
    m_settingLabels.clear();
    // Presets depend on the data, names do not: any table's list will do.
    const auto named = [this, runId = m_runId, learner = QString::fromStdString(m_run.learner)](const Result<Learners>& learners) {
        if (!learners || runId != m_runId) {
            return; // the names as they are kept say it too
        }
        for (const LearnerInfo& one : *learners) {
            for (const Parameter& row : one.name == learner ? one.parameters.rows() : std::vector<Parameter>()) {
                m_settingLabels[QString::fromStdString(row.name)] = QString::fromStdString(row.label);
            }
        }
        fillSettings();
    };
    m_learners->ask(QStringLiteral("table"), 1000, this, named);
}

void RunDetail::fillSettings()
{
    m_settings->clear();
    const bool isComparing = m_otherSettings.is_object();
    QStringList header{tr("Setting"), tr("Value")};
    if (isComparing) {
        header << m_other->currentText();
    }
    m_settings->setHorizontalHeaderLabels(header);
    if (!m_runSettings.is_object()) {
        return;
    }
    const auto& colors = m_context.theme.colors();
    for (const auto& [name, value] : m_runSettings.items()) {
        auto* label = new QStandardItem(m_settingLabels.value(QString::fromStdString(name), QString::fromStdString(name)));
        label->setToolTip(QString::fromStdString(name)); // as the command line and run.json call it
        QList<QStandardItem*> row{label, new QStandardItem(settingText(value))};
        if (isComparing) {
            const auto other = m_otherSettings.find(name);
            row << new QStandardItem(other == m_otherSettings.end() ? QStringLiteral("-") : settingText(*other));
            if (row[1]->text() != row[2]->text()) {
                for (auto* item : std::as_const(row)) {
                    item->setBackground(widgets::mixed(colors.surface, colors.accent, 0.18));
                }
            }
        }
        m_settings->appendRow(row);
    }
}

void RunDetail::fillFiles()
{
    m_files->clear();
    m_files->setHorizontalHeaderLabels({tr("File"), tr("Size"), tr("Changed")});
    for (const FileRow& file : m_paper.files) {
        m_files->appendRow(
            {new QStandardItem(file.name), new QStandardItem(bytesText(file.bytes)),
             new QStandardItem(QLocale().toString(file.modified, QLocale::ShortFormat))});
    }
}

void RunDetail::fillEnvironment()
{
    m_environment->clear();
    const auto add = [this](const QString& name, const QString& value) {
        if (!value.isEmpty()) {
            m_environment->appendRow({new QStandardItem(name), new QStandardItem(value)});
        }
    };
    const auto text = [](const Json& object, const char* key) {
        return object.is_object() && object.contains(key) ? settingText(object.at(key)) : QString();
    };
    add(tr("Trainyard"), text(m_paper.started, "version"));
    add(tr("Computer"), text(m_paper.started, "host"));
    add(tr("Device"), text(m_paper.started, "device"));
    add(tr("Threads"), text(m_paper.started, "threads"));
    add(tr("Seed"), QString::number(m_run.seed));
    add(tr("Dataset"), m_paper.spec.is_object() && m_paper.spec.contains("data") ? text(m_paper.spec["data"], "training")
                                                                                  : QString());
    add(tr("Fingerprint (SHA-256)"), text(m_paper.facts, "fingerprint"));
    add(tr("Learned parameters"), m_run.parameters > 0 ? countText(m_run.parameters) : QString());
    add(tr("Memory for training"),
        m_paper.plan.is_object() ? bytesText(static_cast<std::int64_t>(m_paper.plan.value("memoryBytes", 0.0))) : QString());
    add(tr("Folder"), QString::fromStdString(m_run.folder));
}

void RunDetail::keepThreshold(const QString& className, double value)
{
    auto* call = new RunnerCall(runnerProgram(), this);
    const QString threshold = className + QLatin1Char('=') + QString::number(value, 'f', 3);
    call->ask(
        {QStringLiteral("threshold"), QStringLiteral("--json"), QStringLiteral("--model"), QString::fromStdString(m_run.folder),
         QStringLiteral("--set"), threshold},
        [this, call, className, value](Result<Json> kept) {
            call->deleteLater();
            if (kept) {
                m_context.notices.toast(tr("The model answers \"%1\" from a probability of %2 on.").arg(className, QLocale().toString(value, 'f', 3)));
            } else {
                m_context.notices.error(tr("The threshold could not be kept."), kept.error());
            }
        });
}

} // namespace ty::app
