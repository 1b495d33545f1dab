#include "app/pages/validation_dialog.h"

#include <algorithm>
#include <cmath>

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/metric_words.h"
#include "app/pages/study_progress.h"
#include "widgets/flow_layout.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QStandardItem* cellOf(const QString& text, bool isNumber = true)
{
    auto* item = new QStandardItem(text);
    item->setEditable(false);
    if (isNumber) {
        item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    return item;
}

/// A label and its control, kept together where the line is broken.
QWidget* paired(const QString& text, QWidget* control)
{
    auto* pair = new QWidget;
    auto* row = new QHBoxLayout(pair);
    row->setContentsMargins(0, 0, 8, 0);
    auto* label = new QLabel(text, pair);
    label->setBuddy(control);
    row->addWidget(label);
    row->addWidget(control);
    return pair;
}

} // namespace

ValidationDialog::ValidationDialog(AppContext& context, StudySubject subject, const Learners& learners, QWidget* parent)
    : StudyDialog(context, QStringLiteral("validate"), CanGoOn::Yes, std::move(subject), parent)
    , m_other(new QComboBox(this))
    , m_folds(new QSpinBox(this))
    , m_repeats(new QSpinBox(this))
    , m_curveWanted(new QCheckBox(tr("Learning curve"), this))
    , m_start(new QPushButton(tr("Validate"), this))
    , m_tabs(new QTabWidget(this))
    , m_learnerRows(new QStandardItemModel(this))
    , m_foldRows(new QStandardItemModel(this))
    , m_learnerTable(new QTableView(this))
    , m_spread(new widgets::SpreadPlot(this))
    , m_curve(new widgets::PointPlot(this))
    , m_words(new QLabel(this))
{
    setWindowTitle(tr("Cross-validation"));
    resize(820, std::min(680, screen()->availableGeometry().height() - 80));
    auto* what = new QLabel(
        tr("Every sample of %1 judges once, by a model that never saw it: the scores of the folds tell how far to trust their mean.").arg(m_subject.dataName), this);
    what->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->addWidget(what);
    column->addWidget(buildQuestion(learners));
    column->addWidget(m_progress);
    column->addWidget(buildAnswers(), 1);
    auto* foot = new QHBoxLayout;
    m_markdown = addCopyMarkdown(*foot);
    m_csv = addSaveCsv(*foot, QStringLiteral("folds.csv"));
    foot->addStretch(1);
    addClose(*foot);
    column->addLayout(foot);
    connect(m_start, &QPushButton::clicked, this, &ValidationDialog::start);
    refresh();
}

ValidationDialog::~ValidationDialog() = default;

QWidget* ValidationDialog::buildQuestion(const Learners& learners)
{
    auto* box = new QWidget(this);
    auto* row = new widgets::FlowLayout(box);
    m_other->setAccessibleName(tr("Compared with"));
    const bool isWithoutTarget = m_subject.spec.data.task == "grouping"; // no baseline: there is nothing to beat
    m_other->addItem(isWithoutTarget ? tr("nothing else") : tr("the baseline alone"), QString());
    for (const LearnerInfo& one : learners) {
        if (one.name.toStdString() == m_subject.spec.learner) {
            m_label = one.label;
        } else if (one.name != QLatin1String("baseline")) {
            m_other->addItem(one.label, one.name);
        }
    }
    m_folds->setRange(2, 50);
    m_folds->setValue(5);
    m_folds->setAccessibleName(tr("Folds"));
    m_repeats->setRange(1, 50);
    m_repeats->setAccessibleName(tr("Repeats"));
    m_repeats->setToolTip(tr("So many other divisions into folds: steadier, and as many times the work"));
    m_curveWanted->setToolTip(tr("Also learn from 10, 20, 40 and 70 % of each training part: would more data help?"));
    widgets::makePrimary(*m_start);
    row->addWidget(paired(tr("Compared with"), m_other));
    row->addWidget(paired(tr("Folds"), m_folds));
    row->addWidget(paired(tr("Repeats"), m_repeats));
    row->addWidget(m_curveWanted);
    row->addWidget(m_start);
    return box;
}

QWidget* ValidationDialog::buildAnswers()
{
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_learnerTable->setModel(m_learnerRows);
    widgets::setUpRows(*m_learnerTable, tr("Learners"));
    auto* learners = new QWidget(m_tabs);
    auto* column = new QVBoxLayout(learners);
    column->addWidget(m_words);
    column->addWidget(m_spread);
    column->addWidget(m_learnerTable, 1);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(learners, tr("Scores"));
    auto* folds = new QTableView(m_tabs);
    folds->setModel(m_foldRows);
    widgets::setUpRows(*folds, tr("Folds"));
    m_tabs->addTab(folds, tr("Folds"));
    m_curve->setAccessibleName(tr("Learning curve"));
    m_tabs->addTab(m_curve, tr("Learning curve"));
    return m_tabs;
}

void ValidationDialog::start()
{
    QString learners = QString::fromStdString(m_subject.spec.learner);
    QString words = m_label;
    const QString other = m_other->currentData().toString();
    if (!other.isEmpty()) {
        learners += QLatin1Char(',') + other;
        words = tr("%1 and %2").arg(m_label, m_other->currentText());
    }
    QStringList identity{
        QStringLiteral("--learner"), learners, QStringLiteral("--folds"), QString::number(m_folds->value()),
        QStringLiteral("--repeats"), QString::number(m_repeats->value())};
    if (m_curveWanted->isChecked()) {
        identity << QStringLiteral("--curve");
    }
    const Json fields{
        {"other", other.toStdString()}, {"folds", m_folds->value()}, {"repeats", m_repeats->value()}, {"curve", m_curveWanted->isChecked()}};
    ask(identity, {}, fields, words);
}

void ValidationDialog::putQuestion(const Json& fields)
{
    m_other->setCurrentIndex(std::max(0, m_other->findData(textIn(fields, "other"))));
    m_folds->setValue(fields.value("folds", 5));
    m_repeats->setValue(fields.value("repeats", 1));
    m_curveWanted->setChecked(fields.value("curve", false));
}

void ValidationDialog::clearAnswers()
{
    m_results.clear();
}

void ValidationDialog::showTold(const Json& fit)
{
    if (!fit.contains("done")) {
        return;
    }
    m_results.addFit(fit);
    const double fold = numberIn(fit, "fold") + 1;
    m_progress->show(
        fit.value("done", 0), fit.value("all", 0), tr("%1, fold %2").arg(textIn(fit, "label")).arg(fold), numberIn(fit, "etaSeconds"));
    refresh();
}

void ValidationDialog::showAnswer(const Json& answer)
{
    m_results.setResult(answer);
}

QString ValidationDialog::resultWords() const
{
    for (const ValidatedRow& row : m_results.rows()) {
        if (row.learner.toStdString() == m_subject.spec.learner) {
            const QString metric = m_results.metric();
            return tr("%1 %2").arg(
                metricWords(metric), spreadText(row.means.value(metric, std::nan("")), row.deviations.value(metric, std::nan(""))));
        }
    }
    return {};
}

QString ValidationDialog::csv() const
{
    return m_results.toCsv();
}

QString ValidationDialog::markdown() const
{
    return m_results.toMarkdown();
}

void ValidationDialog::refresh()
{
    m_start->setEnabled(!m_progress->isWorking());
    m_spread->setRows(metricWords(m_results.metric()), m_results.spread());
    m_spread->setVisible(!m_results.isEmpty());
    m_learnerTable->setVisible(!m_results.isEmpty());
    const QStringList sentences = m_results.sentences();
    m_words->setText(
        sentences.isEmpty() && m_results.isEmpty() && !m_progress->isWorking() ? tr("Press Validate. Five folds take about five times as long as one run.")
                                                                             : sentences.join(QLatin1Char('\n')));
    m_words->setVisible(!m_words->text().isEmpty());
    const auto curve = m_results.curve();
    m_curve->setAxes(tr("Training samples"), metricWords(m_results.metric()));
    m_curve->setSeries(curve);
    m_tabs->setTabVisible(2, !curve.isEmpty());
    m_csv->setEnabled(!m_results.isEmpty());
    m_markdown->setEnabled(!m_results.isEmpty());
    refreshTables();
}

void ValidationDialog::refreshTables()
{
    const QStringList metrics = m_results.metrics();
    QStringList headings{tr("Learner")};
    for (const QString& metric : metrics) {
        headings << metricWords(metric);
    }
    m_learnerRows->clear();
    m_learnerRows->setHorizontalHeaderLabels(headings + QStringList{tr("Time")});
    for (const ValidatedRow& row : m_results.rows()) {
        QList<QStandardItem*> cells{cellOf(row.label, false)};
        for (const QString& metric : metrics) {
            cells << cellOf(spreadText(row.means.value(metric, std::nan("")), row.deviations.value(metric, std::nan(""))));
        }
        cells << cellOf(row.problem.isEmpty() ? tr("%1 s").arg(QLocale().toString(row.seconds, 'f', 2)) : tr("does not fit"));
        for (QStandardItem* cell : std::as_const(cells)) {
            cell->setToolTip(row.problem);
        }
        m_learnerRows->appendRow(cells);
    }
    m_foldRows->clear();
    m_foldRows->setHorizontalHeaderLabels(QStringList{tr("Learner"), tr("Repeat"), tr("Fold"), tr("Samples")} + headings.mid(1) + QStringList{tr("Time")});
    for (const Json& fit : m_results.fits()) {
        QList<QStandardItem*> cells{cellOf(textIn(fit, "label"), false)};
        cells << cellOf(QString::number(numberIn(fit, "repeat") + 1)) << cellOf(QString::number(numberIn(fit, "fold") + 1))
              << cellOf(QString::number(numberIn(fit, "samples")));
        for (const QString& metric : metrics) {
            const double score = numberIn(fit.value("metrics", Json()), metric.toUtf8().constData());
            cells << cellOf(spreadText(score, std::nan("")));
        }
        cells << cellOf(tr("%1 s").arg(QLocale().toString(numberIn(fit, "seconds"), 'f', 2)));
        m_foldRows->appendRow(cells);
    }
    for (auto* table : m_tabs->findChildren<QTableView*>()) {
        for (int c = 1; c < table->model()->columnCount(); ++c) {
            table->model()->setHeaderData(c, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter), Qt::TextAlignmentRole);
        }
        table->resizeColumnsToContents();
        table->horizontalHeader()->setStretchLastSection(false);
    }
}

} // namespace ty::app
