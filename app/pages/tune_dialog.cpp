#include "app/pages/tune_dialog.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include "app/models/metric_words.h"
#include "app/pages/search_ranges.h"
#include "app/pages/study_progress.h"
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
    AppContext& context, StudySubject subject, const LearnerInfo& learner, const QString& task, QWidget* parent)
    : StudyDialog(context, QStringLiteral("tune"), CanGoOn::Yes, std::move(subject), parent)
    , m_learner(learner.label)
    , m_ranges(new SearchRanges(this))
    , m_search(new QComboBox(this))
    , m_runs(new QSpinBox(this))
    , m_minutes(new QSpinBox(this))
    , m_judge(new QComboBox(this))
    , m_objective(new QComboBox(this))
    , m_start(new QPushButton(tr("Start the search"), this))
    , m_tabs(new QTabWidget(this))
    , m_rows(new QStandardItemModel(this))
    , m_table(new QTableView(this))
    , m_course(new widgets::PointPlot(this))
    , m_time(new widgets::PointPlot(this))
    , m_size(new widgets::PointPlot(this))
    , m_words(new QLabel(this))
    , m_use(new QPushButton(tr("Use these settings"), this))
    , m_train(new QPushButton(tr("Train the best"), this))
    , m_soon(new QTimer(this))
{
    m_soon->setSingleShot(true);
    m_soon->setInterval(300);
    connect(m_soon, &QTimer::timeout, this, &TuneDialog::refresh);
    setWindowTitle(tr("Tune: %1").arg(learner.label));
    const QSize room = screen()->availableGeometry().size();
    resize(std::min(1080, room.width() - 60), std::min(680, room.height() - 80));
    auto* what = new QLabel(tr("Tries settings on %1 and keeps the scores on samples that the fit never saw.").arg(m_subject.dataName), this);
    what->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->addWidget(what);
    auto* halves = new QHBoxLayout;
    halves->addWidget(buildQuestion(task, learner), 2);
    halves->addWidget(buildAnswers(), 3);
    column->addLayout(halves, 1);
    column->addWidget(buildFoot());
    connect(m_start, &QPushButton::clicked, this, &TuneDialog::start);
    connect(m_ranges, &SearchRanges::changed, this, &TuneDialog::refresh);
    refresh();
}

TuneDialog::~TuneDialog() = default;

/// "6.5 ms", "12.3 s".
QString TuneDialog::timeWords(double seconds)
{
    return seconds < 1 ? tr("%1 ms").arg(QLocale().toString(seconds * 1000, 'g', 3)) : tr("%1 s").arg(QLocale().toString(seconds, 'f', seconds < 100 ? 1 : 0));
}

QWidget* TuneDialog::buildQuestion(const QString& task, const LearnerInfo& learner)
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
    const QStringList metrics = task == QLatin1String("classification")
        ? QStringList{QStringLiteral("roc_auc"), QStringLiteral("accuracy"), QStringLiteral("macro_f1"), QStringLiteral("log_loss")}
        : task == QLatin1String("grouping") ? QStringList{QStringLiteral("silhouette")}
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
    m_use->setToolTip(tr("Put the settings of the chosen trial, or of the best, into the form"));
    m_train->setToolTip(tr("Start a run with the settings of the chosen trial, or of the best"));
    m_csv = addSaveCsv(*foot, QStringLiteral("trials.csv"));
    foot->addStretch(1);
    foot->addWidget(m_use);
    foot->addWidget(m_train);
    addClose(*foot);
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
    m_searchedLabels = m_ranges->labels();
    const QString search = m_search->currentData().toString();
    const QString runs = QString::number(m_runs->value());
    const int folds = m_judge->currentData().toInt();
    QStringList identity{QStringLiteral("--search"), search, QStringLiteral("--objective"), m_objective->currentData().toString()};
    Json ranges = Json::array();
    for (const QString& range : m_ranges->ranges()) {
        identity << QStringLiteral("--range") << range;
        ranges.push_back(range.toStdString());
    }
    if (folds > 1) {
        identity << QStringLiteral("--folds") << QString::number(folds);
    }
    // More trials of the same search go on with it; of a grid and of halving the number decides what is tried.
    const bool doRunsDecide = search == QLatin1String("grid") || search == QLatin1String("halving");
    QStringList others;
    (doRunsDecide ? identity : others) << QStringLiteral("--runs") << runs;
    if (m_minutes->value() > 0) {
        others << QStringLiteral("--minutes") << QString::number(m_minutes->value());
    }
    const Json fields{
        {"search", search.toStdString()}, {"runs", m_runs->value()}, {"minutes", m_minutes->value()},
        {"folds", folds}, {"objective", m_objective->currentData().toString().toStdString()}, {"ranges", ranges}};
    ask(identity, others, fields, m_learner);
}

void TuneDialog::putQuestion(const Json& fields)
{
    m_search->setCurrentIndex(std::max(0, m_search->findData(textIn(fields, "search"))));
    m_runs->setValue(fields.value("runs", m_runs->value()));
    m_minutes->setValue(fields.value("minutes", 0));
    m_judge->setCurrentIndex(std::max(0, m_judge->findData(fields.value("folds", 0))));
    m_objective->setCurrentIndex(std::max(0, m_objective->findData(textIn(fields, "objective"))));
    QStringList ranges;
    for (const Json& range : fields.value("ranges", Json::array())) {
        ranges << QString::fromStdString(range.is_string() ? range.get<std::string>() : std::string());
    }
    m_ranges->setRanges(ranges);
    m_searched = m_ranges->names();
    m_searchedLabels = m_ranges->labels();
}

void TuneDialog::clearAnswers()
{
    m_trials.clear();
    m_trials.setSearched(m_searched, m_searchedLabels);
}

void TuneDialog::showTold(const Json& trial)
{
    if (!trial.contains("trial")) {
        return;
    }
    m_trials.add(trial);
    m_progress->show(
        trial.value("done", 0), trial.value("all", 0), TuningTrials::settingsText(trial, m_searched, m_searchedLabels), numberIn(trial, "etaSeconds"));
    if (!m_soon->isActive()) {
        m_soon->start();
    }
}

QString TuneDialog::resultWords() const
{
    const Json* best = m_trials.best();
    return best == nullptr ? QString() : tr("%1 %2").arg(metricWords(m_trials.metric()), spreadText(numberIn(*best, "score"), std::nan("")));
}

QString TuneDialog::csv() const
{
    return m_trials.toCsv(m_searched);
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
                             .arg(TuningTrials::settingsText(*best, m_searched, m_searchedLabels), metricWords(m_trials.metric()), spreadText(numberIn(*best, "score"), std::nan("")), as));
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
    headings << m_searchedLabels << tr("Time") << tr("Size") << tr("State");
    m_rows->setHorizontalHeaderLabels(headings);
    for (const Json& trial : m_trials.sorted()) {
        const int id = static_cast<int>(numberIn(trial, "trial"));
        const QString state = textIn(trial, "state");
        QList<QStandardItem*> cells{trialCell(id == 0 ? tr("as set") : QString::number(id), id)};
        cells << trialCell(spreadText(numberIn(trial, "score"), numberIn(trial, "deviation")), id);
        for (const QString& name : m_searched) {
            cells << trialCell(TuningTrials::settingsText(trial, {name}, {QString()}).mid(1), id);
        }
        cells << trialCell(timeWords(numberIn(trial, "seconds")), id);
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
    RunSpec spec = m_subject.spec;
    for (const QString& name : m_searched) {
        const Json settings = trial.value("settings", Json::object());
        if (settings.contains(name.toStdString())) {
            spec.settings[name.toStdString()] = settings[name.toStdString()];
        }
    }
    return spec;
}

} // namespace ty::app
