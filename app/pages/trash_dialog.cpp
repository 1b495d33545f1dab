#include "app/pages/trash_dialog.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTreeView>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/services/all_services.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr auto kEverything
    = CatalogService::Runs | CatalogService::Models | CatalogService::Datasets | CatalogService::Trash;

QString kindText(const std::string& kind)
{
    return kind == "run"    ? TrashDialog::tr("Run")
        : kind == "dataset" ? TrashDialog::tr("Dataset")
        : kind == "model"   ? TrashDialog::tr("Model")
                            : TrashDialog::tr("View");
}

} // namespace

TrashDialog::TrashDialog(AppContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_model(new QStandardItemModel(this))
    , m_view(new QTreeView(this))
    , m_report(new QLabel(this))
{
    setWindowTitle(tr("Trash"));
    resize(620, 420);
    auto* column = new QVBoxLayout(this);
    auto* hint = new QLabel(tr("Deleted things stay here for 30 days."), this);
    widgets::setTextRole(*hint, widgets::TextRole::Muted);
    column->addWidget(hint);
    m_view->setModel(m_model);
    m_view->setRootIsDecorated(false);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setAlternatingRowColors(true);
    m_view->setAccessibleName(tr("Deleted things"));
    column->addWidget(m_view, 1);
    m_report->setWordWrap(true);
    m_report->hide();
    column->addWidget(m_report);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_restore = buttons->addButton(tr("Restore"), QDialogButtonBox::ActionRole);
    m_empty = buttons->addButton(tr("Empty trash"), QDialogButtonBox::DestructiveRole);
    buttons->button(QDialogButtonBox::Close)->setDefault(true);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_restore, &QPushButton::clicked, this, &TrashDialog::restoreSelected);
    connect(m_empty, &QPushButton::clicked, this, &TrashDialog::empty);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TrashDialog::refreshButtons);
    connect(&context.catalog, &CatalogService::trashChanged, this, &TrashDialog::reload);
    reload();
}

void TrashDialog::reload()
{
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return catalog.trash(); },
        [this](Result<std::vector<catalog::TrashItem>> items) {
            m_model->clear();
            m_model->setHorizontalHeaderLabels({tr("Name"), tr("Kind"), tr("Size"), tr("Deleted"), tr("Goes away")});
            if (!items) {
                m_report->setText(QString::fromStdString(items.error().message));
                m_report->show();
                return;
            }
            std::int64_t bytes = 0;
            for (const auto& item : items.value()) {
                auto* name = new QStandardItem(QString::fromStdString(item.name));
                name->setData(static_cast<qlonglong>(item.id));
                m_model->appendRow(
                    {name, new QStandardItem(kindText(item.kind)), new QStandardItem(bytesText(item.bytes)),
                     new QStandardItem(whenText(item.deleted)), new QStandardItem(whenText(item.expires))});
                bytes += item.bytes;
            }
            m_view->header()->resizeSection(0, 220);
            m_empty->setText(bytes > 0 ? tr("Empty trash (frees %1)").arg(bytesText(bytes)) : tr("Empty trash"));
            refreshButtons();
        });
}

void TrashDialog::refreshButtons()
{
    m_restore->setEnabled(m_view->selectionModel()->hasSelection());
    m_empty->setEnabled(m_model->rowCount() > 0);
}

void TrashDialog::restoreSelected()
{
    std::vector<std::int64_t> ids;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) {
        ids.push_back(m_model->itemFromIndex(index)->data().toLongLong());
    }
    m_context.catalog.change(
        kEverything, this,
        [ids](catalog::Catalog& catalog) -> Result<void> {
            for (const auto id : ids) {
                TY_CHECK(catalog.restore(id));
            }
            return {};
        },
        [this, count = ids.size()](Result<void> restored) {
            m_report->setText(
                restored ? tr("%Ln restored.", nullptr, static_cast<int>(count))
                         : QString::fromStdString(restored.error().message));
            m_report->show();
            reload();
        });
}

void TrashDialog::empty()
{
    auto* question = new QMessageBox(
        QMessageBox::Warning, tr("Empty trash"),
        tr("Delete %Ln thing(s) for good? Their files are removed from the disk.", nullptr, m_model->rowCount()),
        QMessageBox::Cancel, this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    auto* really = question->addButton(tr("Delete for good"), QMessageBox::DestructiveRole);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(really, &QAbstractButton::clicked, this, [this] {
        m_empty->setEnabled(false);
        m_context.catalog.change(
            kEverything, this, [](catalog::Catalog& catalog) { return catalog.emptyTrash(); },
            [this](Result<catalog::TrashReport> report) {
                if (!report) {
                    m_report->setText(QString::fromStdString(report.error().message));
                } else {
                    QStringList lines{tr("%1 freed.").arg(bytesText(report->bytesFreed))};
                    for (const std::string& failure : report->failures) {
                        lines << QString::fromStdString(failure);
                    }
                    m_report->setText(lines.join(QLatin1Char('\n')));
                }
                m_report->show();
                reload();
            });
    });
    question->open();
}

} // namespace ty::app
