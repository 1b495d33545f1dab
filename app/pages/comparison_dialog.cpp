#include "app/pages/comparison_dialog.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QIODevice>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScreen>
#include <QTableView>
#include <QTemporaryDir>
#include <QVBoxLayout>

#include "app/models/comparison_table_model.h"
#include "app/pages/save_file.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "widgets/error_panel.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

ComparisonDialog::ComparisonDialog(AppContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_model(new ComparisonTableModel(this))
    , m_table(new QTableView(this))
    , m_what(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_status(new QLabel(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_csv(new QPushButton(tr("Save as CSV…"), this))
    , m_markdown(new QPushButton(tr("Copy as Markdown"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    constexpr int kWanted = 760; // as many learners as there are, where the screen has room
    resize(640, std::min(kWanted, screen()->availableGeometry().height() - 80));
    m_what->setWordWrap(true);
    m_table->setModel(m_model);
    widgets::setUpRows(*m_table, tr("Learners side by side"));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(false);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        if (m_model->columnCount() > 0) { // the name takes what the numbers leave
            m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
        }
    });
    m_progress->setTextVisible(false);
    m_error->hide();
    widgets::setTextRole(*m_status, widgets::TextRole::Muted);
    auto* close = new QPushButton(tr("Close"), this);

    auto* column = new QVBoxLayout(this);
    column->addWidget(m_what);
    auto* row = new QHBoxLayout;
    row->addWidget(m_progress, 1);
    row->addWidget(m_stop);
    column->addLayout(row);
    column->addWidget(m_status);
    column->addWidget(m_error);
    column->addWidget(m_table, 1);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_markdown);
    foot->addWidget(m_csv);
    foot->addStretch(1);
    foot->addWidget(close);
    column->addLayout(foot);

    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(m_markdown, &QPushButton::clicked, this, &ComparisonDialog::copyMarkdown);
    connect(m_csv, &QPushButton::clicked, this, &ComparisonDialog::saveCsv);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_call->cancel();
        showEnd(tr("Stopped. What was compared so far stays."));
    });
}

ComparisonDialog::~ComparisonDialog() = default;

void ComparisonDialog::compareLearners(const RunSpec& spec, const QString& dataName)
{
    setWindowTitle(tr("Learners compared"));
    m_folder = std::make_unique<QTemporaryDir>();
    const QString file = m_folder->filePath(QStringLiteral("run.json"));
    if (const auto saved = spec.save(file.toStdString()); !saved) {
        m_error->setText(QString::fromStdString(saved.error().message), {}, QString::fromStdString(saved.error().advice));
        m_error->show();
        showEnd({});
        return;
    }
    start({QStringLiteral("--run"), file}, tr("Every learner that fits, on %1: the best first, the baseline among them.").arg(dataName));
}

void ComparisonDialog::compareMachines()
{
    setWindowTitle(tr("Results of state-transition learning"));
    resize(std::min(1180, screen()->availableGeometry().width() - 40), height());
    start(
        {QStringLiteral("--machines"), QStringLiteral("bundled")},
        tr("Five learners tell possible transitions of each machine from impossible ones. A fifth of the examples judges."));
}

void ComparisonDialog::start(const QStringList& arguments, const QString& what)
{
    m_what->setText(what);
    m_model->clear();
    m_progress->setRange(0, 0); // until the first one tells how many there are
    m_status->setText(tr("Reading the data…"));
    m_csv->setEnabled(false);
    m_markdown->setEnabled(false);
    const auto then = [this](Result<Json> answer) {
        if (!answer) {
            m_error->setText(QString::fromStdString(answer.error().message), {}, QString::fromStdString(answer.error().advice));
            m_error->show();
        }
        showEnd(answer ? tr("Done.") : tr("It ended early."));
    };
    m_call->ask(QStringList{QStringLiteral("compare"), QStringLiteral("--json")} + arguments, then, [this](const Json& run) { showRun(run); });
}

void ComparisonDialog::showRun(const Json& run)
{
    m_model->addRun(run);
    const int done = run.value("done", 0);
    const int all = run.value("all", 0);
    m_progress->setRange(0, std::max(1, all));
    m_progress->setValue(done);
    const auto text = [&run](const char* key) { return QString::fromStdString(run.value(key, std::string())); };
    m_status->setText(tr("%1 of %2: %3, %4").arg(done).arg(all).arg(text("subject"), text("label")));
}

void ComparisonDialog::showEnd(const QString& words)
{
    m_progress->hide();
    m_stop->hide();
    m_status->setText(words);
    m_status->setVisible(!words.isEmpty());
    m_csv->setEnabled(m_model->rowCount() > 0);
    m_markdown->setEnabled(m_model->rowCount() > 0);
    emit ended();
}

void ComparisonDialog::saveCsv()
{
    askAndSave(
        m_context, this, tr("Save the table"), QStringLiteral("comparison.csv"),
        [text = m_model->toCsv().toUtf8()](QIODevice& device, const SaveProgress&) -> Result<void> {
            device.write(text);
            return {};
        });
}

void ComparisonDialog::copyMarkdown()
{
    QApplication::clipboard()->setText(m_model->toMarkdown());
    m_context.notices.toast(tr("The table is on the clipboard."));
}

} // namespace ty::app
