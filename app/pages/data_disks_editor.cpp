#include "app/pages/data_disks_editor.h"

#include <algorithm>

#include <QPushButton>
#include <QVBoxLayout>

#include "app/pages/data_disk_row.h"

namespace ty::app {

DataDisksEditor::DataDisksEditor(QWidget* parent)
    : QWidget(parent), m_column(new QVBoxLayout(this)), m_add(new QPushButton(tr("Add a data disk"), this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(6);
    m_add->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_column->addWidget(m_add);
    setFocusProxy(m_add);
    connect(m_add, &QPushButton::clicked, this, [this] {
        add({});
        emit changed();
    });
}

void DataDisksEditor::setProvider(const std::string& provider)
{
    m_provider = provider;
    for (DataDiskRow* row : m_rows) {
        row->setProvider(provider);
    }
}

void DataDisksEditor::setDisks(const std::vector<cloud::DiskRequest>& disks)
{
    while (!m_rows.empty()) {
        delete m_rows.back();
        m_rows.pop_back();
    }
    for (const cloud::DiskRequest& disk : disks) {
        add(disk);
    }
    emit changed();
}

std::vector<cloud::DiskRequest> DataDisksEditor::disks() const
{
    std::vector<cloud::DiskRequest> all;
    for (const DataDiskRow* row : m_rows) {
        all.push_back(row->disk());
    }
    return all;
}

void DataDisksEditor::setPerHour(const std::vector<std::optional<double>>& usd)
{
    for (std::size_t index = 0; index < std::min(usd.size(), m_rows.size()); ++index) {
        m_rows[index]->setPerHour(usd[index]);
    }
}

void DataDisksEditor::add(const cloud::DiskRequest& disk)
{
    auto* row = new DataDiskRow(m_provider, disk, this);
    m_column->insertWidget(m_column->count() - 1, row);
    m_rows.push_back(row);
    connect(row, &DataDiskRow::changed, this, &DataDisksEditor::changed);
    connect(row, &DataDiskRow::removed, this, [this, row] { remove(row); });
    renumber();
}

void DataDisksEditor::remove(DataDiskRow* row)
{
    std::erase(m_rows, row);
    row->deleteLater();
    row->hide();
    renumber();
    m_add->setFocus();
    emit changed();
}

void DataDisksEditor::renumber()
{
    int number = 0;
    for (DataDiskRow* row : m_rows) {
        row->setNumber(++number);
    }
}

} // namespace ty::app
