#include "app/pages/models_page.h"

#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include <QAction>
#include <QFileDialog>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/model_table_model.h"
#include "app/pages/catalog_actions.h"
#include "app/pages/model_detail.h"
#include "app/pages/model_import_dialog.h"
#include "app/services/all_services.h"
#include "widgets/empty_state.h"
#include "widgets/filter_line.h"
#include "widgets/splitters.h"
#include "widgets/table_look.h"

namespace ty::app {

namespace {
constexpr auto kSplitterKey = "models/splitter";
enum StackPlace { EmptyPlace, TablePlace };
} // namespace

ModelsPage::ModelsPage(AppContext& context, QWidget* parent)
    : Page(parent)
    , m_context(context)
    , m_model(new ModelTableModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this))
    , m_filter(new widgets::FilterLine(tr("Filter models"), this))
    , m_stack(new QStackedWidget(this))
    , m_detail(new ModelDetail(context, this))
    , m_import(new QAction(tr("Import network…"), this))
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(ModelTableModel::SortRole);
    m_sorted->setFilterKeyColumn(-1);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table->setModel(m_sorted);
    widgets::setUpRows(*m_table, tr("Models"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSortingEnabled(true);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setMinimumHeight(5 * m_table->verticalHeader()->defaultSectionSize()); // title, three models, scroll bar
    m_table->horizontalHeader()->setSectionsMovable(true);
    m_table->horizontalHeader()->setMinimumSectionSize(28);
    const int em = m_table->fontMetrics().averageCharWidth();
    const std::array widths{4, 22, 9, 20, 12, 26, 13, 12, 13, 14, 10, 17};
    for (int column = 0; column < ModelTableModel::ColumnCount; ++column) {
        m_table->horizontalHeader()->resizeSection(column, widths.at(static_cast<std::size_t>(column)) * em + 12);
    }
    m_table->sortByColumn(ModelTableModel::Created, Qt::DescendingOrder);

    auto* empty = new widgets::EmptyState(
        context.theme.icon(QStringLiteral("models")), tr("No models yet. Every finished run leaves one here; networks of other programs can be imported from ONNX files."));
    connect(&context.theme, &ThemeService::themeChanged, empty, [this, empty] {
        empty->setIcon(m_context.theme.icon(QStringLiteral("models")));
    });
    connect(empty->addButton(tr("Train a sample"), widgets::EmptyState::Emphasis::Primary), &QPushButton::clicked, this, [this] {
        emit m_context.navigation.pageRequested(PageId::Home);
    });
    connect(empty->addButton(tr("Import network…")), &QPushButton::clicked, this, &ModelsPage::chooseFile);
    auto* splitter = widgets::makeSplitter(Qt::Vertical, {m_table, m_detail}, {2, 5}, this);
    const QByteArray kept = context.settings.layout(QLatin1String(kSplitterKey));
    if (!kept.isEmpty()) {
        splitter->restoreState(kept);
    }
    connect(splitter, &QSplitter::splitterMoved, this, [this, splitter] {
        m_context.settings.setLayout(QLatin1String(kSplitterKey), splitter->saveState());
    });
    m_stack->addWidget(empty);
    m_stack->addWidget(splitter);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 12);
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter models"));
    layout->addWidget(m_filter);
    layout->addWidget(m_stack, 1);
    buildActions();

    connect(m_filter, &widgets::FilterLine::filterChanged, m_sorted, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { onCurrent(); });
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        const auto* model = m_model->modelAt(m_sorted->mapToSource(index).row());
        if (index.column() == ModelTableModel::Star && model != nullptr) {
            setModelStarred(m_context, model->id, !model->isStarred);
        }
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addActions(m_actions);
        menu->popup(m_table->viewport()->mapToGlobal(at));
    });
    connect(&context.catalog, &CatalogService::modelsChanged, this, &ModelsPage::refresh);
    connect(&context.catalog, &CatalogService::opened, this, &ModelsPage::refresh);
    refresh();
}

ModelsPage::~ModelsPage() = default;

void ModelsPage::buildActions()
{
    const auto add = [this](const QString& text, const QKeySequence& keys, auto run) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        m_actions << action;
    };
    m_import->setToolTip(tr("Make a model of a file of PyTorch, TensorFlow or another program (ONNX)"));
    connect(m_import, &QAction::triggered, this, &ModelsPage::chooseFile);
    m_actions << m_import;
    add(tr("Fine-tune model…"), {}, [this] { m_detail->fineTune(); });
    add(tr("Export model…"), QKeySequence(Qt::CTRL | Qt::Key_E), [this] { m_detail->exportModel(); });
    add(tr("Open model folder"), {}, [this] {
        if (const auto* model = current()) {
            openFolder(QString::fromStdString(model->folder));
        }
    });
    add(tr("Move model to trash"), QKeySequence(Qt::Key_Delete), [this] {
        if (const auto* model = current()) {
            deleteModel(m_context, model->id, QString::fromStdString(model->name));
        }
    });
}

void ModelsPage::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Import network"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Networks (*.onnx *.safetensors)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &ModelsPage::importFile);
    dialog->open();
}

void ModelsPage::importFile(const QString& file)
{
    auto* dialog = new ModelImportDialog(m_context, file, this);
    connect(dialog, &ModelImportDialog::imported, this, [this](qint64 modelId) {
        showModel(modelId);
        m_context.notices.toast(tr("The model is imported; the file is not needed any more."));
    });
    dialog->open();
}

QList<QAction*> ModelsPage::pageActions()
{
    return m_actions;
}

QAbstractItemView* ModelsPage::inspectedView()
{
    return m_table;
}

void ModelsPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

const catalog::ModelRecord* ModelsPage::current() const
{
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() ? m_model->modelAt(m_sorted->mapToSource(index).row()) : nullptr;
}

void ModelsPage::refresh()
{
    m_context.catalog.call(
        this,
        [](catalog::Catalog& catalog) -> Result<std::vector<catalog::ModelRecord>> {
            TY_TRY(auto models, catalog.models());
            TY_TRY(const std::int64_t project, catalog.currentProject());
            if (project == 0) {
                return models;
            }
            std::set<std::int64_t> others;
            TY_TRY(const auto all, catalog.runs());
            for (const auto& run : all) {
                if (run.projectId != project) {
                    others.insert(run.id);
                }
            }
            // A model of no run that is known belongs to no project, so it is in each.
            std::erase_if(
                models, [&others](const catalog::ModelRecord& model) { return others.contains(model.runId); });
            return models;
        },
        [this](Result<std::vector<catalog::ModelRecord>> models) {
            if (!models) {
                return;
            }
            const qint64 wanted = m_wanted != 0 ? m_wanted : m_detail->modelId();
            m_model->setModels(std::move(models).value());
            m_stack->setCurrentIndex(m_model->rowCount() > 0 ? TablePlace : EmptyPlace);
            const int row = m_model->rowOf(wanted);
            m_table->setCurrentIndex(
                row >= 0 ? m_sorted->mapFromSource(m_model->index(row, ModelTableModel::Name))
                         : m_sorted->index(0, ModelTableModel::Name));
            onCurrent();
            if (row >= 0) {
                m_wanted = 0;
            }
        });
}

void ModelsPage::onCurrent()
{
    if (const auto* model = current()) {
        m_detail->showModel(*model);
    } else {
        m_detail->clear();
    }
}

void ModelsPage::showModel(qint64 modelId)
{
    m_wanted = modelId;
    m_filter->clear();
    m_sorted->setFilterFixedString({});
    refresh();
}

} // namespace ty::app
