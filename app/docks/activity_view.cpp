#include "app/docks/activity_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "app/docks/operation_dialog.h"
#include "app/services/activity_extras.h"
#include "app/services/activity_service.h"
#include "widgets/table_look.h"

namespace ty::app {

ActivityView::ActivityView(ActivityService& activity, QWidget* parent)
    : QWidget(parent)
    , m_activity(activity)
    , m_table(new QTableView(this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_retry(new QPushButton(tr("Retry"), this))
    , m_details(new QPushButton(tr("Details"), this))
{
    m_table->setObjectName(QStringLiteral("activityTable"));
    widgets::setUpRows(*m_table, tr("Operations"));
    m_table->setModel(&m_activity);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    const int widths[] = {120, 140, 220, 66, 84, 76, 76, 60, 110};
    for (int column = 0; column < ActivityService::ColumnCount; ++column) {
        m_table->setColumnWidth(column, widths[column]);
    }
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_cancel->setAccessibleName(tr("Cancel the selected operation"));
    m_retry->setAccessibleName(tr("Do the selected operation again"));
    m_details->setAccessibleName(tr("All about the selected operation"));
    auto* buttons = new QVBoxLayout;
    const std::pair<OperationOrder, QString> orders[] = {
        {OperationOrder::Pause, tr("Pause")}, {OperationOrder::Resume, tr("Resume")}, {OperationOrder::Retry, tr("Retry failed")}};
    for (const auto& [order, text] : orders) {
        auto* button = new QPushButton(text, this);
        button->setAccessibleName(tr("%1: the selected operation").arg(text));
        connect(button, &QPushButton::clicked, this, [this, wanted = order] {
            m_activity.requestOrder(m_table->currentIndex().data(ActivityService::IdRole).toInt(), wanted);
        });
        buttons->addWidget(button);
        m_orders.append({order, button});
    }
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_retry);
    buttons->addWidget(m_details);
    buttons->addStretch();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_table, 1);
    layout->addLayout(buttons);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &ActivityView::refreshButtons);
    connect(&m_activity, &QAbstractItemModel::dataChanged, this, &ActivityView::refreshButtons);
    connect(&m_activity, &QAbstractItemModel::rowsInserted, this, [this] {
        if (!m_table->currentIndex().isValid()) {
            m_table->setCurrentIndex(m_activity.index(0, 0)); // the only one there is to press a button for
        }
    });
    connect(m_cancel, &QPushButton::clicked, this, [this] { m_activity.requestCancel(currentId()); });
    if (auto* extras = ActivityExtras::of(m_activity)) {
        connect(m_retry, &QPushButton::clicked, extras, [this, extras] { extras->requestRetry(currentId()); });
        connect(extras, &ActivityExtras::changed, this, &ActivityView::refreshButtons);
    }
    const auto showDetails = [this] {
        const auto* extras = ActivityExtras::of(m_activity);
        showOperation(m_table->currentIndex(), extras != nullptr ? extras->details(currentId()) : QString(), this);
    };
    connect(m_details, &QPushButton::clicked, this, showDetails);
    connect(m_table, &QTableView::activated, this, showDetails);
    refreshButtons();
}

int ActivityView::currentId() const
{
    return m_table->currentIndex().data(ActivityService::IdRole).toInt();
}

void ActivityView::refreshButtons()
{
    const QModelIndex current = m_table->currentIndex();
    m_cancel->setEnabled(current.data(ActivityService::CancellableRole).toBool());
    const auto* extras = ActivityExtras::of(m_activity);
    m_retry->setEnabled(extras != nullptr && extras->isRetryable(currentId()));
    m_details->setEnabled(current.isValid());
    const auto state = static_cast<OperationState>(current.data(ActivityService::StateRole).toInt());
    for (const auto& [order, button] : m_orders) {
        // Only what is possible is there: most operations can be cancelled alone.
        button->setVisible(current.data(ActivityService::PausableRole).toBool() && ActivityService::isFitting(order, state));
    }
}

} // namespace ty::app
