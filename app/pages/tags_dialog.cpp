#include "app/pages/tags_dialog.h"

#include <utility>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>

#include "app/services/machine_service.h"
#include "cloud/provision/azure_plan.h"
#include "cloud/provision/machine_request.h"
#include "widgets/theme/roles.h"

namespace ty::app {

cloud::TextMap commonTags(const std::vector<MachineRow>& machines)
{
    cloud::TextMap common = machines.front().info.tags;
    std::erase_if(common, [&](const auto& tag) {
        if (tag.first == cloud::kOperationTag || tag.first == cloud::kMachineTag) {
            return true;
        }
        for (const MachineRow& machine : machines) {
            const auto found = machine.info.tags.find(tag.first);
            if (found == machine.info.tags.end() || found->second != tag.second) {
                return true;
            }
        }
        return false;
    });
    return common;
}

cloud::TextMap changedTags(cloud::TextMap tags, const cloud::TextMap& before, const cloud::TextMap& after)
{
    for (const auto& [name, value] : before) {
        if (!after.contains(name)) {
            tags.erase(name);
        }
    }
    for (const auto& [name, value] : after) {
        const auto old = before.find(name);
        if (old == before.end() || old->second != value) {
            tags[name] = value;
        }
    }
    return tags;
}

TagsDialog::TagsDialog(MachineService& service, std::vector<MachineRow> machines, QWidget* parent)
    : QuestionDialog(
          machines.size() == 1 ? tr("Tags of %1").arg(QString::fromStdString(machines.front().info.name))
                               : tr("Tags of %n machine(s)", nullptr, static_cast<int>(machines.size())),
          tr("Save tags"), parent)
    , m_service(service)
    , m_machines(std::move(machines))
    , m_before(commonTags(m_machines))
    , m_table(new QTableWidget(0, 2, this))
    , m_problem(new QLabel(this))
{
    addText(
        m_machines.size() == 1
            ? tr("Tags show up on the provider's bill. \"owner\" fills the column Owner here.")
            : tr("These are the tags that all of them have. What is changed here is changed on each; other tags stay."));
    m_table->setHorizontalHeaderLabels({tr("Name"), tr("Value")});
    m_table->setAccessibleName(tr("Tags"));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->verticalHeader()->hide();
    m_table->setMinimumHeight(m_table->fontMetrics().lineSpacing() * 10);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    for (const auto& [name, value] : m_before) {
        addRow(QString::fromStdString(name), QString::fromStdString(value));
    }
    addWidget(m_table, 1);
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    auto* add = new QPushButton(tr("&Add tag"), line);
    auto* remove = new QPushButton(tr("&Remove tag"), line);
    add->setAutoDefault(false);
    remove->setAutoDefault(false);
    row->addWidget(add);
    row->addWidget(remove);
    row->addStretch(1);
    addWidget(line);
    m_problem->setWordWrap(true);
    widgets::setTextRole(*m_problem, widgets::TextRole::Bad);
    addWidget(m_problem);
    connect(add, &QPushButton::clicked, this, [this] {
        addRow({}, {});
        m_table->setCurrentCell(m_table->rowCount() - 1, 0);
        m_table->editItem(m_table->currentItem());
    });
    connect(remove, &QPushButton::clicked, this, [this] {
        m_table->removeRow(m_table->currentRow());
        check();
    });
    connect(m_table, &QTableWidget::itemChanged, this, [this] { check(); });
    connect(this, &QDialog::accepted, this, &TagsDialog::apply);
    check();
}

void TagsDialog::addRow(const QString& name, const QString& value)
{
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    m_table->setItem(row, 0, new QTableWidgetItem(name));
    m_table->setItem(row, 1, new QTableWidgetItem(value));
}

cloud::TextMap TagsDialog::written() const
{
    cloud::TextMap tags;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const auto* name = m_table->item(row, 0);
        const auto* value = m_table->item(row, 1);
        if (name != nullptr && !name->text().trimmed().isEmpty()) {
            tags[name->text().trimmed().toStdString()] = value == nullptr ? std::string() : value->text().toStdString();
        }
    }
    return tags;
}

void TagsDialog::check()
{
    const cloud::TextMap tags = written();
    const auto fine = cloud::checkTags(tags);
    const bool isOurs = tags.contains(cloud::kOperationTag) || tags.contains(cloud::kMachineTag);
    m_problem->setText(
        !fine    ? QString::fromStdString(fine.error().message + ". " + fine.error().advice)
        : isOurs ? tr("Trainyard keeps the tags \"%1\" and \"%2\" itself.")
                       .arg(QLatin1String(cloud::kOperationTag), QLatin1String(cloud::kMachineTag))
                 : QString());
    go().setEnabled(fine.isOk() && !isOurs && tags != m_before);
}

void TagsDialog::apply()
{
    const cloud::TextMap after = written();
    for (const MachineRow& machine : m_machines) {
        m_service.retag(machine, changedTags(machine.info.tags, m_before, after));
    }
}

} // namespace ty::app
