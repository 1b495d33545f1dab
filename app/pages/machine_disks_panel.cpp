#include "app/pages/machine_disks_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/run_format.h"
#include "app/pages/cost_view.h"
#include "app/pages/table_header.h"
#include "app/provisioning/cloud_session.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QStandardItem* cell(const QString& text, bool isNumber = false)
{
    auto* item = new QStandardItem(text);
    item->setToolTip(text);
    if (isNumber) {
        item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    return item;
}

QStandardItem* number(const std::optional<std::int64_t>& value)
{
    return cell(value ? QLocale().toString(static_cast<qlonglong>(*value)) : MachineDisksPanel::tr("unknown"), true);
}

} // namespace

MachineDisksPanel::MachineDisksPanel(MachineService& service, QWidget* parent)
    : MachinePanel(service, parent), m_model(new QStandardItemModel(this)), m_table(new QTableView(this)), m_state(new QLabel(this))
{
    m_table->setModel(m_model);
    widgets::setUpRows(*m_table, tr("Disks of the machine"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_state->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->addWidget(m_state);
    column->addWidget(m_table, 1);
}

void MachineDisksPanel::forget()
{
    m_model->clear();
    m_table->hide();
    m_state->setText(tr("Reading the disks…"));
    widgets::setTextRole(*m_state, widgets::TextRole::Muted);
}

void MachineDisksPanel::load()
{
    ask<std::vector<DiskFacts>>(
        [info = machine().info](CloudSession& session, std::stop_token stop) {
            return readDisks(session, info, stop);
        },
        [this](const Result<std::vector<DiskFacts>>& disks) {
            if (disks) {
                fill(*disks);
            } else {
                m_state->setText(tr("The disks could not be read: %1").arg(QString::fromStdString(disks.error().message)));
                widgets::setTextRole(*m_state, widgets::TextRole::Bad);
            }
        });
}

void MachineDisksPanel::fill(const std::vector<DiskFacts>& disks)
{
    m_model->clear();
    m_model->setHorizontalHeaderLabels(
        {tr("Name"), tr("Use"), tr("Kind"), tr("GiB"), tr("IOPS"), tr("MB/s"), tr("When the machine is deleted"), tr("Created")});
    const auto& request = machine().request;
    std::size_t dataDisk = 0;
    for (const DiskFacts& disk : disks) {
        QString fate = tr("stays"); // what we did not make goes with nothing
        if (request && disk.isSystem) {
            fate = request->osDisk.isDeletedWithMachine.value_or(true) ? tr("goes, too") : tr("stays, and is billed");
        } else if (request && !disk.isSystem) {
            const bool goes = dataDisk < request->dataDisks.size()
                && request->dataDisks[dataDisk].isDeletedWithMachine.value_or(false);
            fate = goes ? tr("goes, too") : tr("stays, and is billed");
        }
        dataDisk += disk.isSystem ? 0 : 1;
        m_model->appendRow(
            {cell(QString::fromStdString(disk.name)), cell(disk.isSystem ? tr("system") : tr("data")),
             cell(disk.kind.empty() ? tr("unknown") : QString::fromStdString(disk.kind)), number(disk.sizeGiB),
             number(disk.iops), number(disk.megabytesPerSecond), cell(fate), cell(whenText(disk.created))});
    }
    alignHeader(*m_model);
    m_table->resizeColumnsToContents();
    m_table->setVisible(!disks.empty());
    m_state->setText(tr("It has no disks of its own."));
    m_state->setVisible(disks.empty());
}

MachineCostPanel::MachineCostPanel(MachineService& service, QWidget* parent)
    : MachinePanel(service, parent), m_cost(new CostView(this))
{
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(m_cost);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->addWidget(scroll);
}

void MachineCostPanel::forget()
{
    m_cost->showText(tr("Reading the price list…"));
}

void MachineCostPanel::load()
{
    ask<cloud::CostTable>(
        [info = machine().info](CloudSession& session, std::stop_token stop) -> Result<cloud::CostTable> {
            TY_TRY(const auto disks, readDisks(session, info, stop));
            return readMachineCost(session, info, disks, "USD", stop);
        },
        [this](const Result<cloud::CostTable>& cost) {
            if (cost) {
                m_cost->show(*cost);
            } else {
                m_cost->showText(tr("The price is unknown: %1").arg(QString::fromStdString(cost.error().message)));
            }
        });
}

} // namespace ty::app
