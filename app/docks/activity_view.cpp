#include "app/docks/activity_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "app/services/activity_service.h"

namespace ty::app {

ActivityView::ActivityView(ActivityService& activity, QWidget* parent)
    : QWidget(parent)
    , m_activity(activity)
    , m_table(new QTableView(this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    m_table->setObjectName(QStringLiteral("activityTable"));
    m_table->setAccessibleName(tr("Operations"));
    m_table->setModel(&m_activity);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->setWordWrap(false);
    m_table->setShowGrid(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    const int widths[] = {80, 140, 160, 66, 76, 60, 110};
    for (int column = 0; column < ActivityService::ColumnCount; ++column) {
        m_table->setColumnWidth(column, widths[column]);
    }
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_cancel->setAccessibleName(tr("Cancel the selected operation"));
    auto* buttons = new QVBoxLayout;
    buttons->addWidget(m_cancel);
    buttons->addStretch();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_table, 1);
    layout->addLayout(buttons);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &ActivityView::refreshButton);
    connect(&m_activity, &QAbstractItemModel::dataChanged, this, &ActivityView::refreshButton);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_activity.requestCancel(m_table->currentIndex().data(ActivityService::IdRole).toInt());
    });
    refreshButton();
}

void ActivityView::refreshButton()
{
    m_cancel->setEnabled(m_table->currentIndex().data(ActivityService::CancellableRole).toBool());
}

} // namespace ty::app
