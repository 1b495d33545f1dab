#include "app/pages/resize_dialog.h"

#include <algorithm>
#include <utility>

#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>

#include "app/models/machine_text.h"
#include "app/models/size_table_model.h"
#include "app/provisioning/price_reader.h"
#include "app/services/machine_service.h"
#include "widgets/filter_line.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

ResizeDialog::ResizeDialog(MachineService& machines, MachineRow machine, QWidget* parent)
    : QuestionDialog(
          tr("Another size for %1").arg(QString::fromStdString(machine.info.name)),
          tr("Resize %1").arg(QString::fromStdString(machine.info.name)), parent)
    , m_machines(machines)
    , m_machine(std::move(machine))
    , m_sizes(new SizeTableModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this))
    , m_state(new QLabel(this))
{
    resize(980, 640);
    addText(tr("It is %1. It stops for the change and starts again if it ran; its disks and its address stay.")
                .arg(QString::fromStdString(m_machine.info.size)));
    auto* filter = new widgets::FilterLine(tr("Filter sizes"), this);
    filter->setAccessibleName(tr("Filter sizes"));
    connect(filter, &widgets::FilterLine::filterChanged, m_sorted, &QSortFilterProxyModel::setFilterFixedString);
    addWidget(filter);
    m_sorted->setSourceModel(m_sizes);
    m_sorted->setSortRole(SizeTableModel::SortRole);
    m_sorted->setFilterKeyColumn(-1);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table->setModel(m_sorted);
    widgets::setUpRows(*m_table, tr("Sizes"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(SizeTableModel::Available, Qt::AscendingOrder); // what can be had comes first
    addWidget(m_table, 1);
    m_state->setWordWrap(true);
    addWidget(m_state);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ResizeDialog::onChosen);
    connect(m_table, &QTableView::doubleClicked, this, [this] {
        if (go().isEnabled()) {
            accept();
        }
    });
    connect(this, &QDialog::accepted, this, [this] { m_machines.resize(m_machine, chosenSize()); });
    askSizes();
    onChosen();
}

void ResizeDialog::askSizes()
{
    m_machines.askIn<std::vector<OfferedSize>>(
        m_machine.account, this,
        [info = m_machine.info](CloudSession& session, std::stop_token stop) { return readSizesFor(session, info, stop); },
        [this](Result<std::vector<OfferedSize>> sizes) {
            if (!sizes) {
                m_state->setText(tr("The sizes could not be read: %1").arg(QString::fromStdString(sizes.error().message)));
                widgets::setTextRole(*m_state, widgets::TextRole::Bad);
                return;
            }
            m_sizes->setSizes(std::move(sizes).value());
            m_table->resizeColumnsToContents();
            // A long reason stands below, and in the tooltip.
            const int widest = m_table->fontMetrics().averageCharWidth() * 34;
            m_table->setColumnWidth(
                SizeTableModel::Available, std::min(widest, m_table->columnWidth(SizeTableModel::Available)));
            onChosen();
            askPrices();
        });
}

void ResizeDialog::askPrices()
{
    using Prices = std::map<std::string, cloud::azure::VmPrice>;
    m_machines.askIn<Prices>(
        m_machine.account, this,
        [region = m_machine.info.region](CloudSession& session, std::stop_token stop) {
            return readSizePrices(session, region, "USD", stop);
        },
        [this](const Result<Prices>& prices) {
            m_sizes->setPrices(prices ? *prices : Prices());
            m_table->resizeColumnToContents(SizeTableModel::Price);
            m_table->resizeColumnToContents(SizeTableModel::SpotPrice);
            onChosen();
        });
}

QString ResizeDialog::chosenSize() const
{
    const auto* size = m_sizes->sizeAt(m_sorted->mapToSource(m_table->currentIndex()).row());
    return size == nullptr ? QString() : QString::fromStdString(size->size.name);
}

void ResizeDialog::onChosen()
{
    const int row = m_sorted->mapToSource(m_table->currentIndex()).row();
    const auto* size = m_sizes->sizeAt(row);
    const QString obstacle = size == nullptr ? QString() : QString::fromStdString(size->obstacle());
    go().setEnabled(size != nullptr && obstacle.isEmpty());
    widgets::setTextRole(*m_state, obstacle.isEmpty() ? widgets::TextRole::Muted : widgets::TextRole::Bad);
    if (m_sizes->rowCount() == 0) {
        m_state->setText(tr("Reading the sizes of %1…").arg(QString::fromStdString(m_machine.info.region)));
    } else if (size == nullptr) {
        m_state->setText(tr("Choose a size. What is greyed cannot be had, and says why."));
    } else if (!obstacle.isEmpty()) {
        m_state->setText(
            tr("%1 is not for this machine: %2.").arg(QString::fromStdString(size->size.name), obstacle));
    } else {
        const auto price = m_sizes->price(row, m_machine.info.isSpot);
        m_state->setText(
            tr("%1: %2 an hour while it is on, instead of %3 (list prices before tax, without disks and address).")
                .arg(
                    QString::fromStdString(size->size.name), moneyText(price, "USD"),
                    moneyText(m_machine.usdPerHour, "USD")));
    }
}

} // namespace ty::app
