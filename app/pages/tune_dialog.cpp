#include "app/pages/tune_dialog.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QDateTime>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QIODevice>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/metric_words.h"
#include "app/pages/save_file.h"
#include "app/pages/search_ranges.h"
#include "app/pages/study_progress.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "app/services/study_place.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QStandardItem* trialCell(const QString& text, int number, bool isText = false)
{
    auto* item = new QStandardItem(text);
    item->setEditable(false);
    item->setData(number, Qt::UserRole);
    if (!isText) {
        item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    return item;
}

} // namespace

TuneDialog::TuneDialog(
    AppContext& context, RunSpec spec, const LearnerInfo& learner, bool areClasses, const QString& dataName, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_spec(std::move(spec))
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_ranges(new SearchRanges(this))
    , m_search(new QComboBox(this))
    , m_runs(new QSpinBox(this))
    , m_minutes(new QSpinBox(this))
    , m_judge(new QComboBox(this))
    , m_objective(new QComboBox(this))
    , m_start(new QPushButton(tr("Start the search"), this))
    , m_progress(new StudyProgress(this))
    , m_tabs(new QTabWidget(this))
    , m_rows(new QStandardItemModel(this))
    , m_table(new QTableView(this))
    , m_course(new widgets::PointPlot(this))
    , m_time(new widgets::PointPlot(this))
    , m_size(new widgets::PointPlot(this))
    , m_words(new QLabel(this))
    , m_use(new QPushButton(tr("Use these settings"), this))
    , m_train(new QPushButton(tr("Train the best"), this))
    , m_csv(new QPushButton(tr("Save as CSV…"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Tune: %1").arg(learner.label));
    const QSize room = screen()->availableGeometry().size();
    resize(std::min(1080, room.width() - 60), std::min(680, room.height() - 80));
    auto* what = new QLabel(tr("Tries settings on %1 and keeps the scores on samples that the fit never saw.").arg(dataName), this);
    what->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->addWidget(what);
    auto* halves = new QHBoxLayout;
    halves->addWidget(buildQuestion(areClasses, learner), 2);
    halves->addWidget(buildAnswers(), 3);
    column->addLayout(halves, 1);
    column->addWidget(buildFoot());
    connect(m_start, &QPushButton::clicked, this, &TuneDialog::start);
    connect(m_progress, &StudyProgress::finishRequested, this, [this] { m_call->command(QStringLiteral("finish")); });
    connect(m_progress, &StudyProgress::stopRequested, this, [this] {
        m_call->cancel();
        showEnd(tr("Stopped. What was tried so far stays."));
    });
    connect(m_ranges, &SearchRanges::changed, this, &TuneDialog::refresh);
    refresh();
}

TuneDialog::~TuneDialog() = default;

QWidget* TuneDialog::buildQuestion(bool areClasses, const LearnerInfo& learner)
{
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    m_ranges->setParameters(learner.parameters);
    column->addWidget(m_ranges, 1);
    auto* form = new QFormLayout;
    m_search->setAccessibleName(tr("Search"));
    m_search->addItem(tr("Evenly spread (Halton)"), QStringLiteral("halton"));
    m_search->addItem(tr("Random"), QStringLiteral("random"));
    m_search->addItem(tr("Grid"), QStringLiteral("grid"));
    m_search->addItem(tr("Successive halving"), QStringLiteral("halving"));
    m_search->setToolTip(tr("Halving tries many settings on few samples and the best third on three times as many, up to all"));
    m_runs->setRange(2, 10'000);
    m_runs->setValue(30);
    m_runs->setAccessibleName(tr("Settings to try"));
    m_minutes->setRange(0, 100'000);
    m_minutes->setSpecialValueText(tr("no limit"));
    m_minutes->setSuffix(tr(" min"));
    m_minutes->setAccessibleName(tr("Time"));
    m_judge->setAccessibleName(tr("Judged by"));
    m_judge->addItem(tr("a held-out fifth"), 0);
    m_judge->addItem(tr("3 folds"), 3);
    m_judge->addItem(tr("5 folds"), 5);
    m_judge->setToolTip(tr("Folds are steadier where there are few samples, and take as many times longer"));
    m_objective->setAccessibleName(tr("Objective"));
    const QStringList metrics = areClasses
        ? QStringList{QStringLiteral("roc_auc"), QStringLiteral("accuracy"), QStringLiteral("macro_f1"), QStringLiteral("log_loss")}
        : QStringList{QStringLiteral("r2"), QStringLiteral("rmse"), QStringLiteral("mae")};
    for (const QString& metric : metrics) {
        m_objective->addItem(metricWords(metric), metric);
    }
    form->addRow(tr("Search"), m_search);
    form->addRow(tr("Settings to try"), m_runs);
    form->addRow(tr("Time"), m_minutes);
    form->addRow(tr("Judged by"), m_judge);
    form->addRow(tr("Objective"), m_objective);
    column->addLayout(form);
    widgets::makePrimary(*m_start);
    column->addWidget(m_start);
    return box;
}

QWidget* TuneDialog::buildAnswers()
{
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_progress);
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    column->addWidget(m_words);
    m_table->setModel(m_rows);
    widgets::setUpRows(*m_table, tr("Trials"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_table, tr("Trials"));
    m_course->setAccessibleName(tr("Best score so far"));
    m_time->setAccessibleName(tr("Score against time"));
    m_size->setAccessibleName(tr("Score against size"));
    m_tabs->addTab(m_course, tr("Best so far"));
    m_tabs->addTab(m_time, tr("Score and time"));
    m_tabs->addTab(m_size, tr("Score and size"));
    for (widgets::PointPlot* plot : {m_course, m_time, m_size}) {
        connect(plot, &widgets::PointPlot::pointChosen, this, &TuneDialog::chooseTrial);
    }
    connect(m_table, &QTableView::activated, this, [this] { m_use->click(); });
    column->addWidget(m_tabs, 1);
    return box;
}

QWidget* TuneDialog::buildFoot()
{
    auto* box = new QWidget(this);
    auto* foot = new QHBoxLayout(box);
    foot->setContentsMargins(0, 0, 0, 0);
    auto* close = new QPushButton(tr("Close"), this);
    m_use->setToolTip(tr("Put the settings of the chosen trial, or of the best, into the form"));
    m_train->setToolTip(tr("Start a run with the settings of the chosen trial, or of the best"));
    foot->addWidget(m_csv);
    foot->addStretch(1);
    foot->addWidget(m_use);
    foot->addWidget(m_train);
    foot->addWidget(close);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(m_csv, &QPushButton::clicked, this, &TuneDialog::saveCsv);
    connect(m_use, &QPushButton::clicked, this, [this] {
        if (const Json* trial = chosen()) {
            emit settingsChosen(specOf(*trial));
            this->close();
        }
    });
    connect(m_train, &QPushButton::clicked, this, [this] {
        if (const Json* trial = chosen()) {
            const RunSpec spec = specOf(*trial);
            emit settingsChosen(spec);
            emit trainRequested(spec);
            this->close();
        }
    });
    return box;
}

void TuneDialog::start()
{
    m_searched = m_ranges->names();
    QStringList question{
        QStringLiteral("--search"), m_search->currentData().toString(), QStringLiteral("--objective"), m_objective->currentData().toString()};
    for (const QString& range : m_ranges->ranges()) {
        question << QStringLiteral("--range") << range;
    }
    if (const int folds = m_judge->currentData().toInt(); folds > 1) {
        question << QStringLiteral("--folds") << QString::number(folds);
    }
    ask(question, false);
}

void TuneDialog::ask(const QStringList& question, bool isSecondTry)
{
    m_trials.clear();
    m_trials.setSearched(m_searched);
    m_start->setEnabled(false);
    m_progress->begin(tr("Reading the data…"));
    refresh();
    // More trials of the same search go on with it; of a grid and of halving the number decides what is tried.
    const QString search = m_search->currentData().toString();
    const QString runs = QString::number(m_runs->value());
    const bool doRunsDecide = search == QLatin1String("grid") || search == QLatin1String("halving");
    const QString what = isSecondTry ? QStringLiteral("tune-%1").arg(QDateTime::currentMSecsSinceEpoch()) : QStringLiteral("tune");
    const auto place = makeStudyPlace(m_context.paths, what, m_spec, doRunsDecide ? question + QStringList{runs} : question);
    if (!place) {
        m_progress->fail(place.error(), tr("It could not begin."));
        showEnd(tr("It could not begin."));
        return;
    }
    const auto then = [this, question, isSecondTry](Result<Json> answer) {
        if (!answer && answer.error().kind == ErrorKind::Conflict && !isSecondTry) {
            ask(question, true); // what is kept is of data that were changed since
            return;
        }
        if (!answer) {
            m_progress->fail(answer.error(), tr("It ended early."));
            showEnd(tr("It ended early."));
            return;
        }
        const std::string outcome = answer->value("outcome", std::string());
        showEnd(
            outcome == "completed"         ? tr("Done.")
                : outcome == "out-of-time" ? tr("The time is up.")
                                           : tr("Finished early: this is what was tried."));
    };
    QStringList arguments = QStringList{
        QStringLiteral("tune"), QStringLiteral("--json"), QStringLiteral("--run"), place->runFile, QStringLiteral("--out"),
        place->folder, QStringLiteral("--resume"), QStringLiteral("--runs"), runs} + question;
    if (m_minutes->value() > 0) {
        arguments << QStringLiteral("--minutes") << QString::number(m_minutes->value());
    }
    m_call->ask(arguments, then, [this](const Json& trial) { showTrial(trial); });
}

void TuneDialog::showTrial(const Json& trial)
{
    if (!trial.contains("trial")) {
        return;
    }
    m_trials.add(trial);
    m_progress->show(
        trial.value("done", 0), trial.value("all", 0), TuningTrials::settingsText(trial, m_searched), numberIn(trial, "etaSeconds"));
    refresh();
}

void TuneDialog::showEnd(const QString& words)
{
    m_progress->end(words);
    refresh();
    emit ended();
}

void TuneDialog::refresh()
{
    const bool isWorking = m_progress->isWorking();
    const Json* best = m_trials.best();
    m_start->setEnabled(!isWorking && !m_ranges->ranges().isEmpty());
    m_start->setToolTip(m_ranges->ranges().isEmpty() ? tr("Check the settings that are to be searched") : QString());
    m_use->setEnabled(best != nullptr);
    m_train->setEnabled(best != nullptr && !isWorking);
    m_csv->setEnabled(!m_trials.isEmpty());
    if (best != nullptr) {
        const Json* first = m_trials.find(0);
        const QString as = first != nullptr && numberIn(*first, "trial") != numberIn(*best, "trial") && numberIn(*first, "share") >= 1
            ? tr(" As it was set: %1.").arg(spreadText(numberIn(*first, "score"), std::nan("")))
            : QString();
        m_words->setText(tr("Best: %1 with %2 %3.%4")
                             .arg(TuningTrials::settingsText(*best, m_searched), metricWords(m_trials.metric()), spreadText(numberIn(*best, "score"), std::nan("")), as));
    } else {
        m_words->setText(isWorking || !m_trials.isEmpty() ? QString() : tr("Check the settings to search at the left, then start the search. The first trial is what the form says."));
    }
    m_words->setVisible(!m_words->text().isEmpty());
    const QString metric = metricWords(m_trials.metric());
    m_course->setAxes(tr("Trial"), metric);
    m_course->setSeries(m_trials.course());
    m_time->setAxes(tr("Seconds to learn"), metric, widgets::PointPlot::Across::Logarithmic);
    m_time->setSeries(m_trials.front("seconds"));
    m_size->setAxes(tr("Size of the model, KiB"), metric, widgets::PointPlot::Across::Logarithmic);
    m_size->setSeries(m_trials.front("bytes"));
    refreshTable();
}

void TuneDialog::refreshTable()
{
    const Json* kept = m_table->currentIndex().isValid() ? chosen() : nullptr;
    const int number = kept != nullptr ? static_cast<int>(numberIn(*kept, "trial")) : -1;
    m_rows->clear();
    QStringList headings{tr("Trial"), metricWords(m_trials.metric())};
    headings << m_searched << tr("Time") << tr("Size") << tr("State");
    m_rows->setHorizontalHeaderLabels(headings);
    for (const Json& trial : m_trials.sorted()) {
        const int id = static_cast<int>(numberIn(trial, "trial"));
        const QString state = textIn(trial, "state");
        QList<QStandardItem*> cells{trialCell(id == 0 ? tr("as set") : QString::number(id), id)};
        cells << trialCell(spreadText(numberIn(trial, "score"), numberIn(trial, "deviation")), id);
        for (const QString& name : m_searched) {
            cells << trialCell(TuningTrials::settingsText(trial, {name}).mid(name.size() + 1), id);
        }
        cells << trialCell(tr("%1 s").arg(numberIn(trial, "seconds"), 0, 'g', 3), id);
        cells << trialCell(tr("%1 KiB").arg(numberIn(trial, "bytes") / 1024, 0, 'f', 0), id);
        const double share = numberIn(trial, "share");
        cells << trialCell(
            state == QLatin1String("failed")         ? tr("failed")
                : state == QLatin1String("given-up") ? tr("given up: behind the others")
                : share < 1                          ? tr("on %1 % of the samples").arg(100 * share, 0, 'f', 0)
                                                     : QString(),
            id, true);
        cells.last()->setToolTip(textIn(trial, "problem"));
        m_rows->appendRow(cells);
        if (id == number) {
            m_table->setCurrentIndex(cells.first()->index());
        }
    }
    m_table->resizeColumnsToContents();
    m_table->horizontalHeader()->setStretchLastSection(true);
}

void TuneDialog::chooseTrial(int number)
{
    for (int row = 0; row < m_rows->rowCount(); ++row) {
        if (m_rows->item(row, 0)->data(Qt::UserRole).toInt() == number) {
            m_table->setCurrentIndex(m_rows->index(row, 0));
        }
    }
    for (widgets::PointPlot* plot : {m_course, m_time, m_size}) {
        plot->setChosenKey(number);
    }
}

const Json* TuneDialog::chosen() const
{
    const QModelIndex current = m_table->currentIndex();
    const Json* trial = current.isValid() ? m_trials.find(current.siblingAtColumn(0).data(Qt::UserRole).toInt()) : nullptr;
    return trial != nullptr ? trial : m_trials.best();
}

RunSpec TuneDialog::specOf(const Json& trial) const
{
    RunSpec spec = m_spec;
    for (const QString& name : m_searched) {
        const Json settings = trial.value("settings", Json::object());
        if (settings.contains(name.toStdString())) {
            spec.settings[name.toStdString()] = settings[name.toStdString()];
        }
    }
    return spec;
}

void TuneDialog::saveCsv()
{
    askAndSave(
        m_context, this, tr("Save the trials"), QStringLiteral("trials.csv"),
        [text = m_trials.toCsv(m_searched).toUtf8()](QIODevice& device, const SaveProgress&) -> Result<void> {
            device.write(text);
            return {};
        });
}

} // namespace ty::app
