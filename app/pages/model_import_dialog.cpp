#include "app/pages/model_import_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>
#include <QStandardItemModel>
#include <QTreeView>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/model_paper.h"
#include "app/models/run_format.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QString textAt(const Json& object, const char* key)
{
    return QString::fromStdString(object.value(key, std::string()));
}

QStringList textsAt(const Json& object, const char* key)
{
    QStringList texts;
    for (const Json& text : object.value(key, Json::array())) {
        texts << QString::fromStdString(text.is_string() ? text.get<std::string>() : toJsonLine(text));
    }
    return texts;
}

QString shapeText(const Json& shape)
{
    QStringList extents;
    for (const Json& extent : shape) {
        extents << QString::fromStdString(toJsonLine(extent));
    }
    return extents.join(QStringLiteral(" × "));
}

QStringList linesOf(const QPlainTextEdit& edit)
{
    QStringList lines = edit.toPlainText().split(QLatin1Char('\n'));
    for (QString& line : lines) {
        line = line.trimmed();
    }
    while (!lines.isEmpty() && lines.last().isEmpty()) {
        lines.removeLast();
    }
    return lines;
}

/// What was understood in place of what was understood before; what the person wrote stays.
void refill(QPlainTextEdit& edit, QStringList& understood, const QStringList& texts)
{
    if (linesOf(edit) == understood) {
        edit.setPlainText(texts.join(QLatin1Char('\n')));
    }
    understood = texts;
}

QStandardItem* rightItem(const QString& text)
{
    auto* item = new QStandardItem(text);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return item;
}

} // namespace

ModelImportDialog::ModelImportDialog(AppContext& context, const QString& file, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_file(file)
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_facts(new QLabel(this))
    , m_assumed(new QLabel(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_form(new QFormLayout)
    , m_name(new QLineEdit(this))
    , m_data(new QComboBox(this))
    , m_pixels(new QComboBox(this))
    , m_classes(new QPlainTextEdit(this))
    , m_columns(new QPlainTextEdit(this))
    , m_input(new QLineEdit(this))
    , m_layers(new QStandardItemModel(this))
    , m_table(new QTreeView(this))
{
    const QFileInfo info(file);
    setObjectName(QStringLiteral("modelImport"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Import %1").arg(info.fileName()));
    resize(QSize(720, 640).boundedTo(screen()->availableSize() * 0.95));
    auto* title = new QLabel(info.fileName(), this);
    widgets::setTextRole(*title, widgets::TextRole::Title);
    widgets::setTextRole(*m_facts, widgets::TextRole::Muted);
    m_facts->setWordWrap(true);
    m_facts->setObjectName(QStringLiteral("importFacts"));
    widgets::setTextRole(*m_assumed, widgets::TextRole::Muted);
    m_assumed->setWordWrap(true);
    m_assumed->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_error->hide();
    buildForm();
    m_table->setModel(m_layers);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->header()->setStretchLastSection(false); // numbers side by side, to be compared
    m_table->setAlternatingRowColors(true);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAccessibleName(tr("Layers"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_import = buttons->addButton(tr("Import"), QDialogButtonBox::ActionRole);
    m_import->setObjectName(QStringLiteral("importModel"));
    widgets::makePrimary(*m_import);
    m_import->setDefault(true);
    m_import->setEnabled(false);

    auto* column = new QVBoxLayout(this);
    column->addWidget(title);
    column->addWidget(m_facts);
    column->addWidget(m_busy);
    column->addWidget(m_error);
    column->addLayout(m_form);
    column->addWidget(m_assumed);
    column->addWidget(m_table, 1);
    column->addStretch(); // where there is no table
    column->addWidget(buttons);
    m_assumed->hide();
    m_table->hide();

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_import, &QPushButton::clicked, this, &ModelImportDialog::start);
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        if (m_activity != 0) {
            m_context.activity.requestCancel(m_activity);
        } else {
            reject();
        }
    });
    listDatasets();
    look();
}

ModelImportDialog::~ModelImportDialog() = default;

void ModelImportDialog::buildForm()
{
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto add = [this](const QString& text, QWidget* field, const QString& help) {
        auto* label = new QLabel(text, this);
        label->setBuddy(field);
        QString plain = text;
        field->setAccessibleName(plain.remove(QLatin1Char('&')));
        field->setToolTip(help);
        m_form->addRow(label, field);
    };
    m_name->setText(QFileInfo(m_file).completeBaseName());
    m_name->setObjectName(QStringLiteral("modelName"));
    add(tr("&Name"), m_name, tr("What the model is called in the list"));
    m_data->addItem(tr("Not known"), QString());
    add(tr("&Made for"), m_data, tr("Data that the network was made for; its columns and classes are taken, in their order"));
    m_pixels->setEditable(true);
    m_pixels->setObjectName(QStringLiteral("pixels"));
    m_pixels->addItems({QStringLiteral("0..1"), QStringLiteral("-1..1"), QStringLiteral("0..255"), QStringLiteral("imagenet")});
    add(tr("&Pixels"), m_pixels,
        tr("What the network wants pixels to be. imagenet: the mean and deviation of torchvision's models; or MEAN/DEVIATION in "
           "pixels of 0 to 255, a number or one a channel: 127.5/127.5"));
    const int line = fontMetrics().lineSpacing();
    for (auto* edit : {m_classes, m_columns}) {
        edit->setTabChangesFocus(true);
        edit->setLineWrapMode(QPlainTextEdit::NoWrap);
        edit->setFixedHeight(5 * line);
    }
    m_classes->setObjectName(QStringLiteral("classNames"));
    add(tr("&Classes"), m_classes, tr("One a line, in the order of the network's outputs"));
    add(tr("C&olumns"), m_columns, tr("One a line, in the order of the network's inputs"));
    m_input->setPlaceholderText(QStringLiteral("3,224,224"));
    add(tr("&Shape"), m_input, tr("Of a sample, where the file leaves it open, in the order in which the file has it"));
    for (QWidget* field : {static_cast<QWidget*>(m_name), static_cast<QWidget*>(m_data), static_cast<QWidget*>(m_pixels),
                           static_cast<QWidget*>(m_classes), static_cast<QWidget*>(m_columns), static_cast<QWidget*>(m_input)}) {
        setShown(field, false); // until the file has been read
    }
    connect(m_name, &QLineEdit::textChanged, this, [this] {
        m_import->setEnabled(m_layers->rowCount() > 0 && !m_name->text().trimmed().isEmpty());
    });
    connect(m_data, &QComboBox::activated, this, &ModelImportDialog::look);
    connect(m_input, &QLineEdit::editingFinished, this, &ModelImportDialog::look);
}

void ModelImportDialog::setShown(QWidget* field, bool isShown)
{
    m_form->setRowVisible(field, isShown);
}

void ModelImportDialog::listDatasets()
{
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return catalog.datasets(); },
        [this](Result<std::vector<catalog::DatasetRecord>> datasets) {
            if (!datasets) {
                return;
            }
            for (const auto& dataset : datasets.value()) {
                m_data->addItem(QString::fromStdString(dataset.name), QString::fromStdString(dataset.path));
            }
        });
}

ModelImport ModelImportDialog::choices() const
{
    ModelImport what;
    what.file = m_file;
    what.name = m_name->text().trimmed();
    what.data = m_data->currentData().toString();
    what.input = m_input->text().trimmed();
    const bool isPixelsShown = !m_pixels->isHidden();
    what.pixels = isPixelsShown && m_pixels->currentText() != QLatin1String("0..1") ? m_pixels->currentText().trimmed() : QString();
    what.classes = linesOf(*m_classes) != m_understoodClasses ? linesOf(*m_classes) : QStringList();
    what.columns = linesOf(*m_columns) != m_understoodColumns ? linesOf(*m_columns) : QStringList();
    return what;
}

void ModelImportDialog::look()
{
    m_error->hide();
    m_import->setEnabled(false);
    m_busy->setBusy(tr("Reading the network…"));
    ModelImport what;
    what.file = m_file;
    what.data = m_data->currentData().toString();
    what.input = m_input->text().trimmed();
    m_call->ask(what.arguments(), [this](Result<Json> model) {
        m_busy->setIdle();
        if (model) {
            show(model.value());
        } else {
            showError(tr("This file cannot be imported."), model.error());
            const bool isShapeOpen = model.error().advice.find("shape of a sample") != std::string::npos;
            setShown(m_input, isShapeOpen || !m_input->isHidden());
            // What is not understood has nothing to be named; data may have been the wrong one.
            const bool isKnown = m_layers->rowCount() > 0;
            m_facts->setVisible(isKnown);
            setShown(m_name, isKnown);
            setShown(m_data, isKnown || isShapeOpen || m_data->currentIndex() > 0);
            m_table->setVisible(isKnown);
        }
        emit understood();
    });
}

void ModelImportDialog::show(const Json& model)
{
    const Json source = model.value("source", Json::object());
    const Json network = model.value("network", Json::object());
    const QStringList classes = textsAt(model, "classes");
    const QStringList columns = textsAt(model, "columns");
    const bool isImage = textAt(model, "kind") == QLatin1String("image");
    const bool isOurs = !source.contains("words");
    QString format = textAt(source, "format") == QLatin1String("onnx") ? tr("ONNX") : textAt(source, "format");
    if (source.contains("opset")) {
        format += tr(" opset %1").arg(source.value("opset", 0));
    }
    QStringList facts{
        isOurs ? tr("%1, written by Trainyard").arg(format) : format,
        isImage ? tr("pictures of %1").arg(shapeText(model.value("input", Json::array())))
                : tr("rows of %1").arg(shapeText(model.value("input", Json::array()))),
        textAt(model, "task") == QLatin1String("reconstruction") ? tr("gives the picture again")
            : classes.isEmpty() ? tr("gives a value") : tr("gives %Ln class(es)", nullptr, static_cast<int>(classes.size())),
        tr("%Ln layer(s)", nullptr, static_cast<int>(network.value("layers", Json::array()).size())),
        tr("%1 parameters").arg(countText(model.value("parameters", std::int64_t{0})))};
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_facts->show();
    setShown(m_name, true);
    refill(*m_classes, m_understoodClasses, classes);
    refill(*m_columns, m_understoodColumns, columns);
    setShown(m_pixels, isImage && !isOurs);
    setShown(m_classes, !classes.isEmpty() && !isOurs);
    setShown(m_columns, !isImage && !isOurs);
    setShown(m_data, !isOurs);
    m_assumed->setText(assumedText(source.value("assumed", Json::object())));
    m_assumed->setVisible(!m_assumed->text().isEmpty());

    m_layers->clear();
    m_layers->setHorizontalHeaderLabels({tr("Layer"), tr("Type"), tr("Output"), tr("Parameters")});
    m_layers->horizontalHeaderItem(3)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    for (const Json& layer : network.value("summary", Json::object()).value("layers", Json::array())) {
        const auto count = layer.value("parameters", std::int64_t{0});
        m_layers->appendRow(
            {new QStandardItem(textAt(layer, "name")), new QStandardItem(textAt(layer, "type")),
             new QStandardItem(shapeText(layer.value("outputShape", Json::array()))),
             rightItem(count > 0 ? countText(count) : QStringLiteral("–"))});
    }
    m_table->show();
    for (int column = 0; column < m_layers->columnCount(); ++column) {
        m_table->resizeColumnToContents(column);
    }
    m_import->setEnabled(!m_name->text().trimmed().isEmpty());
    m_import->setFocus();
}

void ModelImportDialog::showError(const QString& happened, const Error& error)
{
    m_error->setText(happened, QString::fromStdString(error.message), QString::fromStdString(error.advice));
    m_error->setDetails(tr("Code: %1\nFile: %2").arg(QLatin1String(errorKindName(error.kind)), m_file));
    m_error->show();
}

void ModelImportDialog::start()
{
    m_error->hide();
    m_import->setEnabled(false);
    m_busy->setBusy(tr("Importing…"));
    m_activity = m_context.models.importModel(choices(), this, [this](Result<catalog::ModelRecord> model) {
        m_activity = 0;
        m_busy->setIdle();
        m_import->setEnabled(true);
        if (model) {
            emit imported(model->id);
            accept();
        } else if (model.error().kind != ErrorKind::Cancelled) {
            showError(tr("The model was not imported."), model.error());
        }
    });
}

} // namespace ty::app
