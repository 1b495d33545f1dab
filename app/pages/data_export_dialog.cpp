#include "app/pages/data_export_dialog.h"

#include <utility>

#include <QButtonGroup>
#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/training_form.h"
#include "app/pages/dialog_size.h"
#include "app/pages/documents_folder.h"
#include "app/services/all_services.h"
#include "engine/data/exports/dataset_export.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr auto kFolderKey = "export/dataFolder";

QString describe(engine::ExportForm form)
{
    switch (form) {
    case engine::ExportForm::Csv:
        return DataExportDialog::tr("CSV: all columns, for spreadsheets and everything else");
    case engine::ExportForm::Arff:
        return DataExportDialog::tr("ARFF: all columns with their types, for Weka");
    case engine::ExportForm::Libsvm:
        return DataExportDialog::tr("LIBSVM: inputs and label as numbers, without zeros");
    case engine::ExportForm::Npz:
        return DataExportDialog::tr("NPZ: arrays x and y in one file, for NumPy");
    case engine::ExportForm::Npy:
        return DataExportDialog::tr("NPY: arrays x and y, each a file, for NumPy");
    case engine::ExportForm::Folder:
        break;
    }
    return DataExportDialog::tr("Folders: one for each class, with its pictures");
}

} // namespace

void DataExportDialog::open(AppContext& context, qint64 datasetId, QWidget* parent)
{
    context.catalog.call(
        parent, [datasetId](catalog::Catalog& catalog) { return catalog.dataset(datasetId); },
        [&context, parent](Result<catalog::DatasetRecord> record) {
            auto summary = record ? DatasetSummary::fromJson(record->info) : Result<DatasetSummary>(record.error());
            if (!summary) {
                context.notices.error(tr("The dataset cannot be exported."), summary.error());
                return;
            }
            summary->name = QString::fromStdString(record->name);
            DataSpec data;
            data.training = record->path;
            applyChoices(record->choices, data);
            auto* dialog = new DataExportDialog(context, *summary, std::move(data), parent);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->QDialog::open();
        });
}

DataExportDialog::DataExportDialog(AppContext& context, const DatasetSummary& summary, DataSpec source, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_data(std::move(source))
    , m_name(summary.name)
    , m_forms(new QButtonGroup(this))
    , m_folder(new QLineEdit(this))
    , m_report(new QLabel(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
{
    setWindowTitle(tr("Export %1").arg(m_name));
    setMinimumWidth(560);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(10);
    const auto kind = summary.isImage() ? engine::DataKind::Image : engine::DataKind::Table;
    const auto task = engine::taskFromName(summary.task.toStdString()).value_or(engine::Task::Classification);
    for (const engine::ExportForm form : engine::exportFormsFor(kind, task)) {
        auto* choice = new QRadioButton(describe(form), this);
        choice->setObjectName(QLatin1String("form_") + QLatin1String(engine::exportFormName(form)));
        choice->setChecked(m_forms->buttons().isEmpty());
        m_forms->addButton(choice, static_cast<int>(form));
        column->addWidget(choice);
    }

    auto* folderRow = new QHBoxLayout;
    auto* label = new QLabel(tr("New &folder"), this);
    label->setBuddy(m_folder);
    m_folder->setObjectName(QStringLiteral("exportFolder"));
    m_folder->setAccessibleName(tr("New folder"));
    auto* choose = new QPushButton(tr("Choose…"), this);
    choose->setAutoDefault(false);
    folderRow->addWidget(label);
    folderRow->addWidget(m_folder, 1);
    folderRow->addWidget(choose);
    column->addLayout(folderRow);
    auto* hint = new QLabel(
        tr("The folder also gets dataset.json: columns, classes, problems and the fingerprint. The data itself stays as it is."), this);
    hint->setWordWrap(true);
    widgets::setTextRole(*hint, widgets::TextRole::Muted);
    column->addWidget(hint);

    column->addWidget(m_busy);
    m_busy->setIdle();
    column->addWidget(m_error);
    m_error->hide();
    m_report->setObjectName(QStringLiteral("exportReport"));
    m_report->setWordWrap(true);
    m_report->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_report->hide();
    column->addWidget(m_report);
    column->addStretch(1);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_open = buttons->addButton(tr("Open folder"), QDialogButtonBox::ActionRole);
    m_open->setEnabled(false);
    m_export = buttons->addButton(tr("Export"), QDialogButtonBox::ActionRole);
    m_export->setObjectName(QStringLiteral("exportData"));
    widgets::makePrimary(*m_export);
    m_export->setDefault(true);
    column->addWidget(buttons);
    suggestFolder();

    connect(m_forms, &QButtonGroup::idToggled, this, [this](int, bool isOn) {
        if (isOn) {
            suggestFolder();
        }
    });
    connect(choose, &QPushButton::clicked, this, &DataExportDialog::chooseFolder);
    connect(m_export, &QPushButton::clicked, this, &DataExportDialog::start);
    connect(m_folder, &QLineEdit::textChanged, this, [this] { m_export->setEnabled(m_ticket == 0 && !m_folder->text().isEmpty()); });
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] { m_context.datasets.cancelInspect(m_ticket); });
    connect(m_open, &QPushButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(m_folder->text())); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(&m_context.datasets, &DatasetService::exported, this, &DataExportDialog::onExported);
    connect(&m_context.datasets, &DatasetService::inspectFailed, this, &DataExportDialog::onFailed);
    connect(&m_context.datasets, &DatasetService::inspectProgress, this, [this](int ticket, double fraction, const QString& what) {
        if (ticket == m_ticket) {
            m_busy->setBusy(what, fraction);
        }
    });
}

QString DataExportDialog::form() const
{
    return QLatin1String(engine::exportFormName(static_cast<engine::ExportForm>(m_forms->checkedId())));
}

/// A folder that is not there yet, beside the one of the last export.
void DataExportDialog::suggestFolder()
{
    QString folder = m_context.settings.value(QLatin1String(kFolderKey)).toString();
    if (folder.isEmpty()) {
        folder = documentsFolder();
    }
    const QString wanted = QStringLiteral("%1-%2").arg(m_name, form());
    QString name = wanted;
    for (int number = 2; QFileInfo::exists(QDir(folder).filePath(name)); ++number) {
        name = QStringLiteral("%1-%2").arg(wanted).arg(number);
    }
    m_folder->setText(QDir(folder).filePath(name));
}

void DataExportDialog::chooseFolder()
{
    auto* dialog = new QFileDialog(this, tr("Folder to export into"), QFileInfo(m_folder->text()).absolutePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        m_context.settings.setValue(QLatin1String(kFolderKey), folder);
        suggestFolder();
    });
    dialog->open();
}

void DataExportDialog::setWorking(bool isWorking)
{
    m_export->setEnabled(!isWorking);
    m_folder->setEnabled(!isWorking);
    for (auto* choice : m_forms->buttons()) {
        choice->setEnabled(!isWorking);
    }
}

void DataExportDialog::start()
{
    m_error->hide();
    m_report->hide();
    m_open->setEnabled(false);
    setWorking(true);
    m_busy->setBusy(tr("Reading the data…"));
    m_context.settings.setValue(QLatin1String(kFolderKey), QFileInfo(m_folder->text()).absolutePath());
    m_ticket = m_context.datasets.exportData(m_data, form(), m_folder->text());
}

void DataExportDialog::onExported(int ticket, const QString& folder, int files, const QStringList& notes)
{
    if (ticket != m_ticket) {
        return;
    }
    m_ticket = 0;
    m_busy->setIdle();
    setWorking(false);
    m_report->setText((QStringList{tr("✔ Written: %1, %Ln file(s)", nullptr, files).arg(folder)} + notes).join(u'\n'));
    m_report->show();
    m_open->setEnabled(true);
    growToFit(*this);
}

void DataExportDialog::onFailed(int ticket, const QString& message, const QString& advice)
{
    if (ticket != m_ticket) {
        return;
    }
    m_ticket = 0;
    m_busy->setIdle();
    setWorking(false);
    m_error->setText(tr("The dataset was not exported."), message, advice);
    m_error->show();
    growToFit(*this);
}

} // namespace ty::app
