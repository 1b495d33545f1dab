#include "app/pages/comparison_dialog.h"

#include <algorithm>
#include <cmath>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/comparison_table_model.h"
#include "app/models/metric_words.h"
#include "app/pages/study_progress.h"
#include "widgets/table_look.h"

namespace ty::app {

ComparisonDialog::ComparisonDialog(AppContext& context, StudySubject subject, QWidget* parent)
    : StudyDialog(context, QStringLiteral("compare"), CanGoOn::No, std::move(subject), parent)
    , m_model(new ComparisonTableModel(this))
    , m_table(new QTableView(this))
    , m_again(new QPushButton(tr("Compare again"), this))
{
    setWindowTitle(isOfMachines() ? tr("Results of state-transition learning") : tr("Learners compared"));
    const QSize room = screen()->availableGeometry().size();
    constexpr int kWanted = 760; // as many learners as there are, where the screen has room
    resize(isOfMachines() ? std::min(1180, room.width() - 40) : 640, std::min(kWanted, room.height() - 80));
    auto* what = new QLabel(
        isOfMachines()
            ? tr("Five learners tell possible transitions of each machine from impossible ones. A fifth of the examples judges.")
            : m_subject.spec.data.task == "grouping"
            ? tr("Every learner that finds groups, on %1: the one whose groups lie farthest apart first.").arg(m_subject.dataName)
            : tr("Every learner that fits, on %1: the best first, the baseline among them.").arg(m_subject.dataName),
        this);
    what->setWordWrap(true);
    m_table->setModel(m_model);
    widgets::setUpRows(*m_table, tr("Learners side by side"));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(false);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        if (m_model->columnCount() > 0) { // the name takes what the numbers leave
            m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
        }
    });
    auto* column = new QVBoxLayout(this);
    column->addWidget(what);
    column->addWidget(m_progress);
    column->addWidget(m_table, 1);
    auto* foot = new QHBoxLayout;
    m_markdown = addCopyMarkdown(*foot);
    m_csv = addSaveCsv(*foot, QStringLiteral("comparison.csv"));
    foot->addStretch(1);
    foot->addWidget(m_again);
    addClose(*foot);
    column->addLayout(foot);
    connect(m_again, &QPushButton::clicked, this, &ComparisonDialog::start);
}

ComparisonDialog::~ComparisonDialog() = default;

void ComparisonDialog::start()
{
    const QStringList machines{QStringLiteral("--machines"), QStringLiteral("bundled")};
    ask(isOfMachines() ? machines : QStringList(), {}, Json::object(), isOfMachines() ? tr("Five learners") : tr("All that fit"));
}

void ComparisonDialog::clearAnswers()
{
    m_model->clear();
}

void ComparisonDialog::showTold(const Json& run)
{
    m_model->addRun(run);
    m_progress->show(
        run.value("done", 0), run.value("all", 0), tr("%1, %2").arg(textIn(run, "subject"), textIn(run, "label")), std::nan(""));
    refresh();
}

void ComparisonDialog::refresh()
{
    m_again->setVisible(!m_progress->isWorking());
    m_csv->setEnabled(m_model->rowCount() > 0);
    m_markdown->setEnabled(m_model->rowCount() > 0);
}

QString ComparisonDialog::resultWords() const
{
    if (isOfMachines() || m_model->rowCount() == 0) {
        return {};
    }
    return tr("best: %1").arg(m_model->index(0, 0).data().toString());
}

QString ComparisonDialog::csv() const
{
    return m_model->toCsv();
}

QString ComparisonDialog::markdown() const
{
    return m_model->toMarkdown();
}

} // namespace ty::app
