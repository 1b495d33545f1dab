#include "app/pages/trash_dialog.h"

#include <QDateTime>
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
#include "app/services/study_service.h"
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
    , m_studies(new StudyService(context.paths, this))
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
            if (!items) {
                report(QString::fromStdString(items.error().message));
                return;
            }
            m_studies->listTrash(this, [this, items = std::move(items).value()](const QList<DeletedStudy>& studies) {
                fill(items, studies);
            });
        });
}

void TrashDialog::fill(const std::vector<catalog::TrashItem>& items, const QList<DeletedStudy>& studies)
{
    m_model->clear();
    m_model->setHorizontalHeaderLabels({tr("Name"), tr("Kind"), tr("Size"), tr("Deleted"), tr("Goes away")});
    std::int64_t bytes = 0;
    const auto add = [&](const QString& name, const QString& kind, std::int64_t size, const std::string& deleted, const std::string& expires,
                         const QVariant& key) {
        auto* first = new QStandardItem(name);
        first->setData(key);
        m_model->appendRow(
            {first, new QStandardItem(kind), new QStandardItem(bytesText(size)), new QStandardItem(whenText(deleted)),
             new QStandardItem(whenText(expires))});
        bytes += size;
    };
    for (const auto& item : items) {
        add(QString::fromStdString(item.name), kindText(item.kind), item.bytes, item.deleted, item.expires, static_cast<qlonglong>(item.id));
    }
    for (const DeletedStudy& study : studies) {
        const QDateTime deleted = QDateTime::fromString(study.deleted, Qt::ISODate);
        add(tr("%1, %2").arg(study.record.dataName, study.record.learners), studyKindWords(study.record.kind),
            static_cast<std::int64_t>(study.bytes), study.deleted.toStdString(),
            deleted.addDays(StudyService::kDaysInTrash).toString(Qt::ISODate).toStdString(), study.record.name);
    }
    m_view->header()->resizeSection(0, 220);
    m_empty->setText(bytes > 0 ? tr("Empty trash (frees %1)").arg(bytesText(bytes)) : tr("Empty trash"));
    refreshButtons();
}

void TrashDialog::report(const QString& text)
{
    m_report->setText(text);
    m_report->show();
}

void TrashDialog::refreshButtons()
{
    m_restore->setEnabled(m_view->selectionModel()->hasSelection());
    m_empty->setEnabled(m_model->rowCount() > 0);
}

void TrashDialog::restoreSelected()
{
    std::vector<std::int64_t> ids;
    std::size_t count = 0;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) {
        const QVariant key = m_model->itemFromIndex(index)->data();
        if (key.userType() == QMetaType::QString) {
            m_studies->restore(key.toString());
        } else {
            ids.push_back(key.toLongLong());
        }
        ++count;
    }
    m_context.catalog.change(
        kEverything, this,
        [ids](catalog::Catalog& catalog) -> Result<void> {
            for (const auto id : ids) {
                TY_CHECK(catalog.restore(id));
            }
            return {};
        },
        [this, count](Result<void> restored) {
            report(
                restored ? tr("%Ln restored.", nullptr, static_cast<int>(count))
                         : QString::fromStdString(restored.error().message));
            reload(); // after the studies were moved: their files are worked on in turn
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
            [this](Result<catalog::TrashReport> emptied) {
                m_studies->emptyTrash(this, [this, emptied = std::move(emptied)](const Result<quint64>& studies) { told(emptied, studies); });
            });
    });
    question->open();
}

void TrashDialog::told(const Result<catalog::TrashReport>& emptied, const Result<quint64>& studies)
{
    const std::int64_t freed = (emptied ? emptied->bytesFreed : 0) + static_cast<std::int64_t>(studies ? studies.value() : 0);
    QStringList lines{tr("%1 freed.").arg(bytesText(freed))};
    for (const std::string& failure : emptied ? emptied->failures : std::vector<std::string>{emptied.error().message}) {
        lines << QString::fromStdString(failure);
    }
    if (!studies) {
        lines << QString::fromStdString(studies.error().message);
    }
    report(lines.join(QLatin1Char('\n')));
    reload();
}

} // namespace ty::app
