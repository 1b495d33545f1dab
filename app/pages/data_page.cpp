#include "app/pages/data_page.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/dataset_table_model.h"
#include "app/pages/add_store_dialog.h"
#include "app/pages/dataset_detail.h"
#include "app/pages/datasets_view.h"
#include "app/pages/folder_browser.h"
#include "app/pages/import_sheet.h"
#include "app/pages/places_tree.h"
#include "app/pages/storage_dialog.h"
#include "app/pages/store_browser.h"
#include "app/services/all_services.h"
#include "app/services/cloud_services.h"
#include "app/services/storage_service.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/splitters.h"

namespace ty::app {

namespace {
constexpr int kObjectsTab = 0;
constexpr int kDatasetsTab = 1;
} // namespace

DataPage::DataPage(AppContext& context, QWidget* parent)
    : Page(parent)
    , m_context(context)
    , m_tree(new PlacesTree(context.theme, context.stores, this))
    , m_tabs(new QTabWidget(this))
    , m_objects(new QStackedWidget(this))
    , m_browser(new FolderBrowser(this))
    , m_storeBrowser(new StoreBrowser(context, context.stores, this))
    , m_storage(new StorageService(context, CloudServices::of(context), this))
    , m_stack(new QStackedWidget(this))
    , m_datasets(new DatasetsView(context, this))
    , m_detail(new DatasetDetail(context, this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_import(new QAction(tr("Import…"), this))
    , m_inspector(new QLabel(this))
{
    m_import->setToolTip(tr("Import a file or a folder"));
    connect(m_import, &QAction::triggered, this, &DataPage::browse);
    connectPlaces();
    m_objects->addWidget(m_browser);
    m_objects->addWidget(m_storeBrowser);
    m_stack->addWidget(m_datasets);
    m_stack->addWidget(m_detail);
    m_tabs->setObjectName(QStringLiteral("dataTabs"));
    m_tabs->setAccessibleName(tr("Objects and datasets"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_objects, tr("Objects"));
    m_tabs->addTab(m_stack, tr("Datasets"));
    m_tabs->setCurrentIndex(kDatasetsTab);
    m_error->setClosable(true);
    m_error->hide();
    connect(m_error, &widgets::ErrorPanel::closed, m_error, &QWidget::hide);

    auto* centre = new QWidget(this);
    auto* centreLayout = new QVBoxLayout(centre);
    centreLayout->setContentsMargins(8, 8, 8, 8);
    centreLayout->addWidget(m_error);
    centreLayout->addWidget(m_busy);
    centreLayout->addWidget(m_tabs, 1);
    auto* splitter = widgets::makeSplitter(Qt::Horizontal, {m_tree, centre}, {1, 5}, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);

    connect(m_browser, &FolderBrowser::importRequested, this, &DataPage::importPaths);
    connect(m_datasets, &DatasetsView::openRequested, this, &DataPage::showDataset);
    connect(m_datasets, &DatasetsView::browseRequested, this, &DataPage::browse);
    connect(m_datasets, &DatasetsView::sampleRequested, this, [this] {
        m_pendingSample = QStringLiteral("digits");
        m_context.datasets.addSample(m_pendingSample);
    });
    m_inspector->hide();
    m_inspector->setWordWrap(true);
    m_inspector->setMargin(12);
    m_inspector->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_inspector->setTextFormat(Qt::RichText);
    m_inspector->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    inspectCurrent();
    auto* selection = m_datasets->table()->selectionModel();
    connect(selection, &QItemSelectionModel::currentChanged, this, &DataPage::inspectCurrent);
    const auto train = [this](qint64 id) { emit m_context.navigation.trainingRequested(id, QString()); };
    connect(m_datasets, &DatasetsView::trainRequested, this, train);
    connect(m_detail, &DatasetDetail::trainRequested, this, train);
    connect(m_detail, &DatasetDetail::incomingShown, this, [this] {
        if (!m_imports.isEmpty()) {
            m_stack->setCurrentWidget(m_detail);
        }
    });
    connect(m_detail, &DatasetDetail::backRequested, this, &DataPage::showList);

    auto& service = m_context.datasets;
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        for (const int ticket : m_imports.keys()) {
            m_context.datasets.cancelInspect(ticket);
        }
    });
    connect(&service, &DatasetService::inspectProgress, this, [this](int ticket, double fraction, const QString& what) {
        if (m_imports.contains(ticket)) {
            m_busy->setBusy(tr("Importing %1: %2").arg(m_imports[ticket].name, what), fraction);
        }
    });
    connect(&service, &DatasetService::datasetAdded, this, [this](int ticket, qint64 id, const QString& name) {
        if (!m_imports.contains(ticket)) {
            return;
        }
        const auto import = m_imports.take(ticket);
        m_busy->setIdle();
        m_context.notices.toast(tr("%1 is in Datasets.").arg(name));
        if (import.isTraining) {
            emit m_context.navigation.trainingRequested(id, QString());
        } else {
            showDataset(id);
        }
    });
    connect(&service, &DatasetService::inspectFailed, this, [this](int ticket, const QString& why, const QString& advice) {
        if (m_imports.contains(ticket)) {
            const auto import = m_imports.take(ticket);
            m_busy->setIdle();
            showImportError(import, why, advice);
            if (m_detail->datasetId() == 0) {
                showList(); // the pictures of what is no dataset
            }
        }
    });
    connect(&service, &DatasetService::sampleAdded, this, [this](const QString& key, qint64 id) {
        if (key == m_pendingSample) {
            m_pendingSample.clear();
            showDataset(id);
        }
    });
    connect(
        &service, &DatasetService::sampleFailed, this,
        [this](const QString& key, const QString& why, const QString& advice) {
            if (key == m_pendingSample) {
                m_pendingSample.clear();
                m_error->clearButtons();
                m_error->setText(tr("The sample could not be opened."), why, advice);
                m_error->show();
            }
        });
}

QList<QAction*> DataPage::pageActions()
{
    return m_datasets->rowActions();
}

QWidget* DataPage::inspector()
{
    return m_inspector;
}

void DataPage::inspectCurrent()
{
    const auto current = m_datasets->table()->currentIndex();
    if (!current.isValid()) {
        m_inspector->setText(tr("Select a dataset to read about it here."));
        return;
    }
    QString text = QStringLiteral("<table cellspacing=4>");
    for (int column = DatasetTableModel::Name; column < DatasetTableModel::ColumnCount; ++column) {
        const auto cell = current.siblingAtColumn(column);
        const bool isLong = column == DatasetTableModel::Where || column == DatasetTableModel::Fingerprint;
        const auto value = cell.data(isLong ? Qt::ToolTipRole : Qt::DisplayRole).toString();
        text += QStringLiteral("<tr><td><b>%1</b></td><td>%2</td></tr>")
                    .arg(current.model()->headerData(column, Qt::Horizontal).toString().toHtmlEscaped(),
                         value.toHtmlEscaped());
    }
    m_inspector->setText(text + QStringLiteral("</table>"));
}

void DataPage::focusFilter()
{
    if (m_tabs->currentIndex() != kObjectsTab) {
        m_datasets->focusFilter();
    } else {
        m_objects->currentWidget() == m_browser ? m_browser->focusFilter() : m_storeBrowser->focusFilter();
    }
}

void DataPage::focusPath()
{
    m_tabs->setCurrentIndex(kObjectsTab);
    m_objects->currentWidget() == m_browser ? m_browser->focusPath() : m_storeBrowser->focusPath();
}

void DataPage::refresh()
{
    m_datasets->reload();
    m_context.stores.reload();
    m_storeBrowser->reload();
    if (!m_browser->folder().isEmpty()) {
        m_browser->setFolder(m_browser->folder());
    }
}

void DataPage::connectPlaces()
{
    connect(m_tree, &PlacesTree::folderChosen, this, [this](const QString& path) {
        m_browser->setFolder(path);
        m_objects->setCurrentWidget(m_browser);
        m_tabs->setCurrentIndex(kObjectsTab);
    });
    connect(m_tree, &PlacesTree::sampleChosen, this, [this](const QString& sample) {
        if (m_pendingSample.isEmpty()) {
            m_pendingSample = sample;
            m_context.datasets.addSample(sample);
        }
    });
    connect(m_tree, &PlacesTree::storeChosen, this, &DataPage::showStore);
    connect(m_tree, &PlacesTree::removeStoreRequested, this, [this](const QString& name) {
        m_context.stores.remove(name);
        m_context.notices.toast(tr("%1 is forgotten, with its secret. The data stays where it is.").arg(name));
    });
    connect(m_tree, &PlacesTree::addStoreRequested, this, [this] {
        auto* dialog = new AddStoreDialog(m_context, CloudServices::of(m_context).unlocking(), this);
        connect(dialog, &AddStoreDialog::added, this, &DataPage::showStore);
        dialog->open();
    });
    connect(m_storage, &StorageService::opened, this, &DataPage::showStore);
    connect(m_tree, &PlacesTree::accountsRequested, this, [this] {
        auto* dialog = new StorageDialog(m_context, CloudServices::of(m_context).unlocking(), *m_storage, this);
        dialog->open();
    });
    connect(m_storeBrowser, &StoreBrowser::trainRequested, this, [this](const QString& address) {
        DataSpec spec;
        spec.training = address.toStdString();
        m_context.datasets.completeChoices(spec, this, [this](const DataSpec& known) { startImport(known, true); });
    });
    m_context.stores.reload();
}

void DataPage::showStore(const QString& name)
{
    m_storeBrowser->setAddress(name + u':');
    m_objects->setCurrentWidget(m_storeBrowser);
    m_tabs->setCurrentIndex(kObjectsTab);
}

void DataPage::importPaths(const QStringList& paths)
{
    m_error->hide();
    for (const auto& path : paths) {
        const QFileInfo info(path);
        if (info.isDir()) {
            DataSpec spec;
            spec.training = info.absoluteFilePath().toStdString();
            m_context.datasets.completeChoices(spec, this, [this](const DataSpec& known) { startImport(known, false); });
        } else {
            showSheet(info.absoluteFilePath());
        }
    }
}

void DataPage::showSheet(const QString& path)
{
    auto* sheet = new ImportSheet(m_context.datasets, path, this);
    connect(sheet, &ImportSheet::importAccepted, this, &DataPage::startImport);
    sheet->open();
}

void DataPage::startImport(const DataSpec& spec, bool isTraining)
{
    const auto name = QFileInfo(QString::fromStdString(spec.training)).fileName();
    m_imports.insert(m_context.datasets.import(spec), {isTraining, name, spec});
    m_tabs->setCurrentIndex(kDatasetsTab);
    m_busy->setBusy(tr("Importing %1…").arg(name));
    if (!isStoreAddress(spec.training) && m_imports.size() == 1) {
        m_detail->showIncoming(spec, name);
    }
}

void DataPage::showImportError(const Import& import, const QString& why, const QString& advice)
{
    m_error->setText(tr("%1 could not be imported.").arg(import.name), why, advice);
    m_error->clearButtons();
    auto* again = m_error->addButton(tr("Try again"));
    again->setObjectName(QStringLiteral("tryAgain"));
    connect(again, &QPushButton::clicked, this, [this, import] {
        m_error->hide();
        startImport(import.data, import.isTraining);
    });
    auto* other = m_error->addButton(tr("Choose something else…"));
    connect(other, &QPushButton::clicked, this, &DataPage::browse);
    m_error->show();
}

void DataPage::showDataset(qint64 id)
{
    m_tabs->setCurrentIndex(kDatasetsTab);
    m_stack->setCurrentWidget(m_detail);
    m_detail->showDataset(id);
    // From the list, the tree of places or the sheet it goes on with what is shown; nobody is taken away from a field.
    const auto* focus = window()->focusWidget();
    if (isVisible() && (focus == nullptr || m_stack->isAncestorOf(focus) || m_tree->isAncestorOf(focus) || m_tree == focus)) {
        m_detail->setFocus();
    }
}

void DataPage::showColumns(qint64 id)
{
    showDataset(id);
    m_detail->showColumns();
}

void DataPage::showList()
{
    m_stack->setCurrentWidget(m_datasets);
    m_datasets->table()->setFocus();
}

void DataPage::browse()
{
    auto* dialog = new QFileDialog(this, tr("Import data"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &DataPage::importPaths);
    dialog->open();
}

} // namespace ty::app
