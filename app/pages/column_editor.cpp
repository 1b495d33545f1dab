#include "app/pages/column_editor.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/column_table_model.h"
#include "app/pages/choice_delegate.h"
#include "widgets/distribution_delegate.h"
#include "widgets/table_look.h"

namespace ty::app {

namespace {

constexpr QLatin1String kNoTargetTask("grouping");

} // namespace

ColumnEditor::ColumnEditor(QWidget* parent)
    : QWidget(parent)
    , m_model(new ColumnTableModel(this))
    , m_target(new QComboBox(this))
    , m_task(new QComboBox(this))
    , m_table(new QTableView(this))
{
    m_target->setObjectName(QStringLiteral("target"));
    m_target->setAccessibleName(tr("Target column"));
    m_target->setToolTip(tr("The column that is to be learned"));
    m_target->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_task->setObjectName(QStringLiteral("task"));
    m_task->setAccessibleName(tr("Task"));
    m_task->addItem(tr("Automatic"), QString());
    m_task->addItem(tr("Classify (a category)"), QStringLiteral("classification"));
    m_task->addItem(tr("Regress (a number)"), QStringLiteral("regression"));
    m_task->addItem(tr("Find groups (no target)"), kNoTargetTask);

    m_table->setObjectName(QStringLiteral("columnTable"));
    widgets::setUpRows(*m_table, tr("Columns"));
    m_table->setModel(m_model);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setItemDelegateForColumn(
        ColumnTableModel::Type, new ChoiceDelegate(ColumnTableModel::typeChoices(), m_table));
    m_table->setItemDelegateForColumn(
        ColumnTableModel::Role, new ChoiceDelegate(ColumnTableModel::roleChoices(), m_table));
    m_table->setItemDelegateForColumn(ColumnTableModel::Values, new widgets::DistributionDelegate(m_table));
    m_table->setEditTriggers(
        QAbstractItemView::DoubleClicked | QAbstractItemView::SelectedClicked | QAbstractItemView::EditKeyPressed);

    auto* targetLabel = new QLabel(tr("&Target:"), this);
    targetLabel->setBuddy(m_target);
    auto* taskLabel = new QLabel(tr("Tas&k:"), this);
    taskLabel->setBuddy(m_task);
    auto* top = new QHBoxLayout;
    top->addWidget(targetLabel);
    top->addWidget(m_target);
    top->addSpacing(16);
    top->addWidget(taskLabel);
    top->addWidget(m_task);
    top->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(top);
    layout->addWidget(m_table, 1);

    connect(m_target, &QComboBox::activated, this, [this] { m_model->setTarget(m_target->currentText()); });
    connect(m_task, &QComboBox::activated, this, &ColumnEditor::changed);
    connect(m_model, &ColumnTableModel::changed, this, [this] {
        m_target->setCurrentText(m_model->target());
        if (!m_isFilling) {
            emit changed();
        }
    });
}

void ColumnEditor::setSummary(const DatasetSummary& summary)
{
    m_isFilling = true;
    m_guessedTarget = summary.target;
    m_target->clear();
    for (const auto& column : summary.columns) {
        m_target->addItem(column.name);
    }
    m_task->setCurrentIndex(0);
    m_task->setItemText(
        0, summary.task == QLatin1String("regression") ? tr("Automatic: regress")
            : summary.task == kNoTargetTask                ? tr("As now: find groups")
                                                       : tr("Automatic: classify"));
    m_model->setColumns(summary.columns, summary.samples);
    constexpr int kLeastName = 90; // where it is narrow the numbers roll, not the names
    constexpr int kMostName = 300;
    for (int column = ColumnTableModel::Name; column < ColumnTableModel::ColumnCount; ++column) {
        m_table->resizeColumnToContents(column);
        m_table->setColumnWidth(column, m_table->columnWidth(column) + 24); // room for the editor's arrow
    }
    m_table->setColumnWidth(ColumnTableModel::Name, std::clamp(m_table->columnWidth(ColumnTableModel::Name), kLeastName, kMostName));
    m_isFilling = false;
}

void ColumnEditor::applyTo(DataSpec& spec) const
{
    const auto target = m_model->target();
    if (m_task->currentData().toString() == kNoTargetTask) {
        spec.task = kNoTargetTask.data();
        spec.target.clear();
        for (const auto& [name, choice] : m_model->choices()) {
            spec.columns[name] = choice;
            spec.columns[name].role = choice.role == "target" ? std::string() : choice.role;
        }
        return;
    }
    if (m_guessedTarget.isEmpty() && !target.isEmpty()) {
        spec.task.clear(); // there was none, and now there is one
    }
    if (target != m_guessedTarget) {
        spec.target = target.toStdString();
    }
    if (const auto task = m_task->currentData().toString(); !task.isEmpty()) {
        spec.task = task.toStdString();
    }
    for (const auto& [name, choice] : m_model->choices()) {
        spec.columns[name] = choice;
    }
}

bool ColumnEditor::isChanged() const
{
    return m_model->isChanged() || m_task->currentIndex() != 0;
}

QString ColumnEditor::target() const
{
    return m_model->target();
}

} // namespace ty::app
