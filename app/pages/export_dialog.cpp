#include "app/pages/export_dialog.h"

#include <QButtonGroup>
#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QRadioButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/pages/dialog_size.h"
#include "app/pages/documents_folder.h"
#include "app/services/all_services.h"
#include "engine/base/files.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

void ExportDialog::open(AppContext& context, qint64 modelId, QWidget* parent)
{
    struct Found {
        catalog::ModelRecord model;
        QStringList formats;
    };
    context.catalog.call(
        parent,
        [modelId](catalog::Catalog& catalog) -> Result<Found> {
            Found found;
            TY_TRY(found.model, catalog.model(modelId));
            // Models of before say nothing: both are offered then, and who asks for what is not there is told.
            const auto card = readJsonFile(found.model.folder + "/model.json");
            const Json formats = card && card->is_object() ? card->value("exports", Json()) : Json();
            found.formats = formats.is_array() ? QStringList() : QStringList{QStringLiteral("onnx"), QStringLiteral("safetensors")};
            for (const Json& format : formats.is_array() ? formats : Json::array()) {
                found.formats << (format.is_string() ? QString::fromStdString(format.get<std::string>()) : QString());
            }
            return found;
        },
        [&context, parent](Result<Found> found) {
            if (!found) {
                context.notices.error(tr("The model could not be opened."), found.error());
                return;
            }
            auto* dialog = new ExportDialog(context, found->model, parent);
            dialog->setFormats(found->formats);
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->QDialog::open();
        });
}

ExportDialog::ExportDialog(AppContext& context, const catalog::ModelRecord& model, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_model(model)
    , m_formats(new QButtonGroup(this))
    , m_file(new QLineEdit(this))
    , m_report(new QLabel(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_export(nullptr)
    , m_folder(nullptr)
{
    const QString name = QString::fromStdString(model.name);
    setWindowTitle(tr("Export %1").arg(name));
    setMinimumWidth(520);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(10);
    auto* onnx = new QRadioButton(
        tr("ONNX: one file with preprocessing and labels, for ONNX Runtime, OpenCV and others"), this);
    auto* safetensors
        = new QRadioButton(tr("safetensors: the learned values by name, for Python and Rust"), this);
    onnx->setChecked(true);
    m_formats->addButton(onnx, 0);
    m_formats->addButton(safetensors, 1);
    column->addWidget(onnx);
    column->addWidget(safetensors);

    auto* fileRow = new QHBoxLayout;
    auto* label = new QLabel(tr("&File"), this);
    label->setBuddy(m_file);
    m_file->setAccessibleName(tr("File to write"));
    QString folder = m_context.settings.value(QStringLiteral("export/folder")).toString();
    if (folder.isEmpty()) {
        folder = documentsFolder();
    }
    m_file->setText(QDir(folder).filePath(name + QLatin1Char('.') + suffix()));
    auto* choose = new QPushButton(tr("Choose…"), this);
    choose->setAutoDefault(false);
    fileRow->addWidget(label);
    fileRow->addWidget(m_file, 1);
    fileRow->addWidget(choose);
    column->addLayout(fileRow);

    column->addWidget(m_busy);
    m_busy->setIdle();
    column->addWidget(m_error);
    m_error->hide();
    m_report->setWordWrap(true);
    m_report->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_report->hide();
    column->addWidget(m_report);
    column->addStretch(1);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_folder = buttons->addButton(tr("Open folder"), QDialogButtonBox::ActionRole);
    m_folder->hide();
    m_export = buttons->addButton(tr("Export"), QDialogButtonBox::ActionRole);
    widgets::makePrimary(*m_export);
    m_export->setDefault(true);
    column->addWidget(buttons);

    connect(m_formats, &QButtonGroup::idToggled, this, [this] {
        const QFileInfo file(m_file->text());
        m_file->setText(file.dir().filePath(file.completeBaseName() + QLatin1Char('.') + suffix()));
    });
    connect(choose, &QPushButton::clicked, this, &ExportDialog::chooseFile);
    connect(m_export, &QPushButton::clicked, this, &ExportDialog::start);
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] { m_context.activity.requestCancel(m_activity); });
    connect(m_folder, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(m_file->text()).absolutePath()));
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

void ExportDialog::setFormats(const QStringList& formats)
{
    const bool isOnnx = formats.contains(QStringLiteral("onnx"));
    const bool isSafetensors = formats.contains(QStringLiteral("safetensors"));
    m_formats->button(1)->setEnabled(isSafetensors);
    m_export->setEnabled(isOnnx || isSafetensors);
    if (isOnnx) {
        return;
    }
    m_formats->button(0)->setEnabled(false);
    m_formats->button(0)->setText(
        isSafetensors ? tr("ONNX: it has no form for what this model is") : tr("Nothing can be exported: this model has learned nothing that other programs could read"));
    m_formats->button(1)->setChecked(isSafetensors);
}

void ExportDialog::setCheckpoint(const QString& file, int epoch)
{
    m_checkpoint = file;
    setWindowTitle(tr("Export %1, epoch %2").arg(QString::fromStdString(m_model.name)).arg(epoch));
    const QFileInfo info(m_file->text());
    m_file->setText(info.dir().filePath(
        QStringLiteral("%1-epoch-%2.%3").arg(QString::fromStdString(m_model.name)).arg(epoch).arg(suffix())));
}

QString ExportDialog::format() const
{
    return m_formats->checkedId() == 1 ? QStringLiteral("safetensors") : QStringLiteral("onnx");
}

QString ExportDialog::suffix() const
{
    return format();
}

QString ExportDialog::report() const
{
    return m_report->text();
}

void ExportDialog::chooseFile()
{
    auto* dialog = new QFileDialog(this, windowTitle(), m_file->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix());
    connect(dialog, &QFileDialog::fileSelected, m_file, &QLineEdit::setText);
    dialog->open();
}

void ExportDialog::start()
{
    m_error->hide();
    m_report->hide();
    m_folder->hide();
    m_export->setEnabled(false);
    m_busy->setBusy(tr("Writing and checking…"));
    m_context.settings.setValue(QStringLiteral("export/folder"), QFileInfo(m_file->text()).absolutePath());
    m_activity = m_context.models.exportModel(
        m_model, m_checkpoint, format(), m_file->text(), this, [this](Result<ExportReport> result) { finish(result); });
}

void ExportDialog::finish(const Result<ExportReport>& result)
{
    m_busy->setIdle();
    m_export->setEnabled(true);
    if (!result) {
        if (result.error().kind != ErrorKind::Cancelled) {
            m_error->setText(
                tr("The model was not exported."), QString::fromStdString(result.error().message),
                QString::fromStdString(result.error().advice));
            m_error->setDetails(tr("Code: %1").arg(QLatin1String(errorKindName(result.error().kind))));
            m_error->show();
            growToFit(*this);
        }
        return;
    }
    const ExportReport& report = result.value();
    QStringList lines{tr("✔ Written: %1 (%2)").arg(report.file, bytesText(report.bytes))};
    if (report.opset > 0) {
        lines << tr("Opset %1 · the ONNX checker %2").arg(report.opset).arg(
            report.isChecked ? tr("passed the file") : tr("was not run"));
    }
    if (report.maxDifference >= 0) {
        lines << tr("Read back and compared with the engine: max |Δ| = %1")
                     .arg(QLocale().toString(report.maxDifference, 'e', 1));
    }
    const Json notes = report.json.value("notes", Json::array());
    for (const Json& note : notes) { // in the words of the file
        lines << (note.is_string() ? QString::fromStdString(note.get<std::string>()) : QString());
    }
    m_report->setText(lines.join(QLatin1Char('\n')));
    m_report->show();
    m_folder->show();
    growToFit(*this);
    emit exported(report);
}

} // namespace ty::app
