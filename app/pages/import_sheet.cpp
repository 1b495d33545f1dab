#include "app/pages/import_sheet.h"

#include <algorithm>
#include <utility>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/column_table_model.h"
#include "app/models/preview_table_model.h"
#include "app/models/sample_grid_model.h"
#include "app/pages/column_editor.h"
#include "app/services/dataset_service.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/image_grid.h"
#include "widgets/splitters.h"
#include "widgets/theme/roles.h"

namespace ty::app {

ImportSheet::ImportSheet(DatasetService& datasets, const QString& path, QWidget* parent)
    : QDialog(parent)
    , m_datasets(datasets)
    , m_path(path)
    , m_facts(new QLabel(this))
    , m_tableLabel(new QLabel(tr("Ta&ble:"), this))
    , m_tableBox(new QComboBox(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_columns(new ColumnEditor(this))
    , m_rows(new PreviewTableModel(this))
    , m_table(new QTableView(this))
    , m_pictures(new SampleGridModel(datasets, this))
    , m_grid(new widgets::ImageGrid(this))
{
    setObjectName(QStringLiteral("importSheet"));
    setWindowTitle(tr("Import %1").arg(QFileInfo(path).fileName()));
    setAttribute(Qt::WA_DeleteOnClose);
    m_data.training = path.toStdString();

    auto* title = new QLabel(QFileInfo(path).fileName(), this);
    widgets::setTextRole(*title, widgets::TextRole::Title);
    widgets::setTextRole(*m_facts, widgets::TextRole::Muted);
    m_error->setObjectName(QStringLiteral("importError"));
    m_error->hide();
    m_busy->setCancellable(false);
    m_table->setObjectName(QStringLiteral("importPreview"));
    m_table->setAccessibleName(tr("First rows"));
    m_table->setModel(m_rows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_grid->setObjectName(QStringLiteral("importPictures"));
    m_grid->setAccessibleName(tr("Samples"));
    m_grid->setModel(m_pictures);
    m_grid->hide();
    auto* splitter = widgets::makeSplitter(Qt::Vertical, {m_columns, m_table}, {3, 2}, this);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_import = buttons->addButton(tr("Import"), QDialogButtonBox::AcceptRole);
    m_train = buttons->addButton(tr("Import and train"), QDialogButtonBox::AcceptRole);
    m_import->setObjectName(QStringLiteral("import"));
    m_train->setObjectName(QStringLiteral("importAndTrain"));
    widgets::makePrimary(*m_train);
    m_train->setDefault(true);
    m_import->setEnabled(false);
    m_train->setEnabled(false);
    connect(m_import, &QPushButton::clicked, this, [this] { acceptWith(false); });
    connect(m_train, &QPushButton::clicked, this, [this] { acceptWith(true); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_columns->model(), &ColumnTableModel::changed, this, [this] {
        m_rows->setTargetColumn(static_cast<int>(m_columns->model()->names().indexOf(m_columns->target())));
    });

    m_tableBox->setObjectName(QStringLiteral("importTable"));
    m_tableBox->setAccessibleName(tr("Table"));
    m_tableBox->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_tableLabel->setBuddy(m_tableBox);
    m_tableLabel->hide();
    m_tableBox->hide();
    connect(m_tableBox, &QComboBox::activated, this, &ImportSheet::chooseTable);
    auto* tableRow = new QHBoxLayout;
    tableRow->addWidget(m_tableLabel);
    tableRow->addWidget(m_tableBox);
    tableRow->addStretch(1);

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(title);
    layout->addWidget(m_facts);
    layout->addLayout(tableRow);
    layout->addWidget(m_busy);
    layout->addWidget(m_error);
    layout->addWidget(splitter, 1);
    layout->addWidget(m_grid, 1);
    layout->addWidget(buttons);
    resize(860, 620);
    m_busy->setBusy(tr("Reading the first rows…"));
    m_datasets.completeChoices(m_data, this, [this](const DataSpec& known) {
        m_data = known;
        loadPreview();
    });
}

void ImportSheet::loadPreview()
{
    m_busy->setBusy(tr("Reading the first rows…"));
    m_datasets.preview(m_data, this, [this, asked = m_data.training](Result<TablePreview> preview) {
        if (asked != m_data.training) {
            return; // another table was chosen meanwhile
        }
        m_busy->setIdle();
        if (preview) {
            showPreview(preview.value());
            return;
        }
        const auto& error = preview.error();
        m_error->setText(
            tr("This cannot be imported."), QString::fromStdString(error.message), QString::fromStdString(error.advice));
        m_error->clearButtons();
        auto* again = m_error->addButton(tr("Try again"));
        again->setObjectName(QStringLiteral("tryAgain"));
        connect(again, &QPushButton::clicked, this, [this] {
            m_error->hide();
            loadPreview();
        });
        m_error->show();
        // Nothing to choose from; the message stands alone.
        m_columns->hide();
        m_table->hide();
    });
}

void ImportSheet::offerTables(const DatasetSummary& summary)
{
    const auto several = std::find_if(
        summary.problems.begin(), summary.problems.end(), [](const auto& problem) { return problem.kind == QLatin1String("several-tables"); });
    if (m_tableBox->count() > 0 || several == summary.problems.end()) {
        return;
    }
    m_tableBox->addItems(several->names); // the first is the one that is shown
    m_tableLabel->show();
    m_tableBox->show();
}

void ImportSheet::chooseTable()
{
    DataSpec other;
    other.training = (m_path + QStringLiteral("::") + m_tableBox->currentText()).toStdString();
    m_import->setEnabled(false);
    m_train->setEnabled(false);
    m_error->hide();
    m_datasets.completeChoices(other, this, [this, wanted = m_tableBox->currentText()](const DataSpec& known) {
        if (wanted == m_tableBox->currentText()) { // else another was chosen meanwhile
            m_data = known;
            loadPreview();
        }
    });
}

void ImportSheet::showPreview(const TablePreview& preview)
{
    const auto& summary = preview.summary;
    offerTables(summary);
    QStringList header;
    for (const auto& column : summary.columns) {
        header << column.name;
    }
    m_rows->setRows(header, preview.rows);
    m_table->horizontalHeader()->setStretchLastSection(summary.isText());
    m_columns->setSummary(summary);
    const QLocale locale;
    const auto rows = locale.toString(static_cast<qulonglong>(summary.samples));
    m_facts->setText(tr("%1  ·  %2  ·  %3  ·  %4")
                         .arg(summary.formatText(),
                              preview.isComplete ? tr("%1 samples").arg(rows) : tr("about %1 samples").arg(rows),
                              summary.shapeText(), locale.formattedDataSize(static_cast<qint64>(summary.bytes), 1)));
    // Pictures have no columns to choose.
    m_columns->setVisible(!summary.isImage() && !summary.isText());
    m_table->setVisible(!preview.rows.empty());
    m_columns->parentWidget()->setVisible(!m_columns->isHidden() || !m_table->isHidden());
    if (summary.isImage()) {
        showPictures();
    }
    m_import->setEnabled(true);
    m_train->setEnabled(true);
    m_train->setFocus();
}

void ImportSheet::showPictures()
{
    m_grid->show();
    m_busy->setBusy(tr("Opening the pictures…"));
    m_datasets.open(m_data, DatasetService::Opening::Outline, this, [this](Result<DatasetHandle> dataset) {
        m_busy->setIdle();
        if (dataset) { // else the import says what is wrong
            m_pictures->setDataset(std::move(dataset).value());
        }
    });
}

void ImportSheet::acceptWith(bool isTraining)
{
    m_columns->applyTo(m_data);
    emit importAccepted(m_data, isTraining);
    accept();
}

} // namespace ty::app
