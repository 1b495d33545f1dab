#include "app/pages/studies_view.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QIODevice>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/run_format.h"
#include "app/pages/comparison_dialog.h"
#include "app/pages/save_file.h"
#include "app/services/all_services.h"
#include "app/services/study_service.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

/// What was told, a line of JSON a fit.
QByteArray linesOf(const KeptStudy& study)
{
    QByteArray lines;
    for (const Json& told : study.told) {
        lines += QByteArray::fromStdString(toJsonLine(told)) + '\n';
    }
    return lines;
}

} // namespace

StudiesView::StudiesView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_studies(new StudyService(context.paths, this))
    , m_model(new QStandardItemModel(this))
    , m_table(new QTableView(this))
    , m_open(new QAction(tr("Open"), this))
    , m_export(new QAction(tr("Export…"), this))
    , m_delete(new QAction(tr("Delete"), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    auto* row = new QHBoxLayout;
    auto* words = new QLabel(tr("Cross-validations, searches and comparisons that were started on the Train page."), this);
    widgets::setTextRole(*words, widgets::TextRole::Muted);
    words->setWordWrap(true);
    row->addWidget(words, 1);
    m_open->setToolTip(tr("Show its answers; what was interrupted can go on"));
    m_export->setToolTip(tr("What each fit told, as lines of JSON"));
    m_delete->setShortcut(QKeySequence::Delete);
    m_delete->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    for (QAction* action : {m_open, m_export, m_delete}) {
        auto* button = new QPushButton(action->text(), this);
        button->setToolTip(action->toolTip());
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::changed, button, [button, action] { button->setEnabled(action->isEnabled()); });
        row->addWidget(button);
        addAction(action);
    }
    column->addLayout(row);
    m_table->setModel(m_model);
    widgets::setUpRows(*m_table, tr("Studies"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_table->addActions({m_open, m_export, m_delete});
    column->addWidget(m_table, 1);
    connect(m_table, &QTableView::activated, this, &StudiesView::openChosen);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &StudiesView::refreshActions);
    connect(m_open, &QAction::triggered, this, &StudiesView::openChosen);
    connect(m_export, &QAction::triggered, this, &StudiesView::exportChosen);
    connect(m_delete, &QAction::triggered, this, &StudiesView::deleteChosen);
    connect(m_studies, &StudyService::changed, this, &StudiesView::reload);
    connect(m_studies, &StudyService::failed, this, [this](const Error& error) {
        m_context.notices.error(tr("The study could not be kept."), error);
    });
    refreshActions();
    m_studies->watch();
    reload();
}

StudiesView::~StudiesView() = default;

void StudiesView::reload()
{
    m_studies->list(this, [this](QList<StudyRecord> records) { show(std::move(records)); });
}

void StudiesView::show(QList<StudyRecord> records)
{
    const StudyRecord* before = chosen();
    const QString kept = before != nullptr ? before->name : QString();
    m_records = std::move(records);
    m_model->clear();
    m_model->setHorizontalHeaderLabels({tr("Study"), tr("Learner"), tr("Data"), tr("State"), tr("Fits"), tr("Result"), tr("Started")});
    for (const StudyRecord& record : std::as_const(m_records)) {
        const QString fits = record.all > 0 ? tr("%1 of %2").arg(record.done).arg(record.all) : QStringLiteral("–");
        const QString result = record.state == StudyRecord::State::Failed ? record.problem : record.result;
        QList<QStandardItem*> cells;
        for (const QString& text :
             {studyKindWords(record.kind), record.learners, record.dataName.isEmpty() ? tr("bundled machines") : record.dataName,
              studyStateWords(record), fits, result, whenText(record.started.toStdString())}) {
            cells << new QStandardItem(text);
            cells.last()->setEditable(false);
            cells.last()->setToolTip(text);
        }
        m_model->appendRow(cells);
        if (record.name == kept) {
            m_table->setCurrentIndex(cells.first()->index());
        }
    }
    m_table->resizeColumnsToContents();
    m_table->horizontalHeader()->setSectionResizeMode(5, QHeaderView::Stretch);
    if (!m_table->currentIndex().isValid() && m_model->rowCount() > 0) {
        m_table->setCurrentIndex(m_model->index(0, 0));
    }
    refreshActions();
    emit counted(static_cast<int>(m_records.size()));
}

const StudyRecord* StudiesView::chosen() const
{
    const int row = m_table->currentIndex().row();
    return row >= 0 && row < m_records.size() ? &m_records[row] : nullptr;
}

void StudiesView::refreshActions()
{
    const StudyRecord* record = chosen();
    const bool isFree = record != nullptr && !record->isOpen();
    m_open->setEnabled(isFree);
    m_export->setEnabled(isFree);
    m_delete->setEnabled(isFree);
}

void StudiesView::openChosen()
{
    const StudyRecord* record = chosen();
    if (record == nullptr || !m_open->isEnabled()) {
        return;
    }
    if (record->kind != QLatin1String("compare")) {
        emit studyRequested(record->name);
        return;
    }
    m_studies->load(record->name, this, [this](Result<KeptStudy> study) {
        if (!study) {
            m_context.notices.error(tr("The study could not be read."), study.error());
            return;
        }
        const StudyRecord& kept = study->record;
        auto* dialog = new ComparisonDialog(m_context, {kept.spec, kept.datasetId, kept.dataName}, this);
        dialog->show();
        dialog->showKept(std::move(study).value());
    });
}

void StudiesView::exportChosen()
{
    const StudyRecord* record = chosen();
    if (record == nullptr) {
        return;
    }
    m_studies->load(record->name, this, [this, name = record->name](Result<KeptStudy> study) {
        if (!study) {
            m_context.notices.error(tr("The study could not be read."), study.error());
            return;
        }
        askAndSave(
            m_context, this, tr("Save the fits"), name + QStringLiteral(".jsonl"),
            [lines = linesOf(study.value())](QIODevice& device, const SaveProgress&) -> Result<void> {
                device.write(lines);
                return {};
            });
    });
}

void StudiesView::deleteChosen()
{
    const StudyRecord* record = chosen();
    if (record == nullptr || !m_delete->isEnabled()) {
        return;
    }
    const QString what = record->dataName.isEmpty() ? studyKindWords(record->kind) : tr("%1 of %2").arg(studyKindWords(record->kind), record->dataName);
    m_context.notices.doUndoable(
        tr("%1 deleted.").arg(what), [studies = QPointer<StudyService>(m_studies), name = record->name] {
            if (studies) {
                studies->remove(name);
            }
        },
        [studies = QPointer<StudyService>(m_studies), name = record->name] {
            if (studies) {
                studies->restore(name);
            }
        });
}

} // namespace ty::app
