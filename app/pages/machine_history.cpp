#include "app/pages/machine_history.h"

#include <QDateTime>
#include <QHeaderView>
#include <QLabel>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/catalog/operations.h"
#include "app/models/run_format.h"
#include "app/services/catalog_service.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kMostShown = 200;

QString stateText(const catalog::OperationRecord& record)
{
    if (record.state == "open") {
        return MachineHistory::tr("◌ under way");
    }
    return record.state == "done" ? MachineHistory::tr("✔ done")
        : record.state == "undone" ? MachineHistory::tr("↩ taken back")
                                   : MachineHistory::tr("✖ failed");
}

QString kindText(const std::string& kind)
{
    QString text = QString::fromStdString(kind);
    text.replace(0, 1, text.left(1).toUpper());
    return text;
}

QString tookText(const catalog::OperationRecord& record)
{
    const QDateTime begin = localTime(record.started);
    const QDateTime end = localTime(record.ended);
    if (!begin.isValid() || !end.isValid()) {
        return QStringLiteral("–");
    }
    const qint64 seconds = begin.secsTo(end);
    return seconds < 1 ? MachineHistory::tr("under 1 s")
        : seconds < 60 ? MachineHistory::tr("%1 s").arg(seconds)
                        : MachineHistory::tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

} // namespace

MachineHistory::MachineHistory(MachineService& service, CatalogService& catalog, QWidget* parent)
    : MachinePanel(service, parent)
    , m_catalog(catalog)
    , m_model(new QStandardItemModel(this))
    , m_table(new QTableView(this))
    , m_state(new QLabel(this))
{
    m_table->setModel(m_model);
    widgets::setUpRows(*m_table, tr("Activity of the machine"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->horizontalHeader()->setStretchLastSection(true);
    widgets::setTextRole(*m_state, widgets::TextRole::Muted);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->addWidget(m_state);
    column->addWidget(m_table, 1);
    connect(&service, &MachineService::ended, this, [this] { reload(); });
}

void MachineHistory::forget()
{
    m_model->clear();
    m_state->setText(tr("Reading…"));
    m_state->show();
    m_table->hide();
}

void MachineHistory::refreshFacts()
{
    if (m_work != machine().work) {
        m_work = machine().work;
        reload();
    }
}

void MachineHistory::load()
{
    const std::string name = machine().info.name;
    const std::string account = machine().account.toStdString();
    m_catalog.call(
        this,
        [name, account](catalog::Catalog& catalog) -> Result<std::vector<catalog::OperationRecord>> {
            TY_TRY(const auto operations, catalog::Operations::open(catalog.paths()));
            TY_TRY(auto records, operations->of(name, kMostShown));
            std::erase_if(records, [&](const catalog::OperationRecord& record) {
                const auto of = record.request.find("account");
                return of == record.request.end() || *of != account;
            });
            return records;
        },
        [this, name](const Result<std::vector<catalog::OperationRecord>>& records) {
            if (!hasMachine() || machine().info.name != name) {
                return;
            }
            m_model->clear();
            m_model->setHorizontalHeaderLabels({tr("What"), tr("State"), tr("Started"), tr("Took"), tr("Where it is, or why it failed")});
            for (const catalog::OperationRecord& record : records ? *records : std::vector<catalog::OperationRecord>()) {
                const bool isOpen = record.state == "open";
                QList<QStandardItem*> row;
                for (const QString& text :
                     {kindText(record.kind), stateText(record), whenText(record.started), tookText(record),
                      isOpen ? QString::fromStdString(record.stage) : QString::fromStdString(record.error)}) {
                    row << new QStandardItem(text);
                    row.last()->setToolTip(text);
                }
                m_model->appendRow(row);
            }
            m_table->resizeColumnsToContents();
            m_table->setVisible(m_model->rowCount() > 0);
            m_state->setVisible(m_model->rowCount() == 0);
            m_state->setText(
                records ? tr("Nothing was done to it from here yet.")
                        : tr("The journal could not be read: %1").arg(QString::fromStdString(records.error().message)));
        });
}

} // namespace ty::app
