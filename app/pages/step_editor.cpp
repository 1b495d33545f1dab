#include "app/pages/step_editor.h"

#include <algorithm>
#include <optional>

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QString aboutStep(StepKind kind)
{
    switch (kind) {
    case StepKind::Compute:
        return StepEditor::tr("A further column for each row. Example: weight / (height / 100) ^ 2. Names with blanks stand in "
                              "`backquotes`; functions: if, min, max, abs, log, exp, sqrt, floor, round, is_missing, coalesce, year, month, day.");
    case StepKind::Filter:
        return StepEditor::tr("Only rows for which this is true are trained on. Example: age >= 18 and city != \"Oslo\". New data keeps all its rows.");
    case StepKind::DropMissing:
        return StepEditor::tr("Rows without a value in these columns are not trained on; with no column chosen, in any.");
    case StepKind::Fill:
        return StepEditor::tr("Missing values get one that is found in the training data, or the one that you give.");
    case StepKind::Clip:
        return StepEditor::tr("Numbers beyond a limit become the limit.");
    case StepKind::Bin:
        return StepEditor::tr("Numbers become categories: intervals of equal width, of about as many rows, or with your edges.");
    case StepKind::Scale:
        return StepEditor::tr("How the numbers reach the learner. Without this step they are standardised.");
    case StepKind::Encode:
        return StepEditor::tr("Ordinal: categories become 0, 1, 2 … in this order. One-hot: numbers become categories. A category that no training row holds counts as missing.");
    case StepKind::DropDuplicates:
        return StepEditor::tr("Of equal samples the first is trained on.");
    case StepKind::Balance:
        return StepEditor::tr("Classes become equally frequent in the training part. Validation and test stay as they are.");
    case StepKind::Resize:
        return StepEditor::tr("Pictures are brought to this size, unless the network asks for another.");
    case StepKind::Resample:
        return StepEditor::tr("Recordings are brought to this rate; tones above half of it are filtered out.");
    case StepKind::Crop:
        return StepEditor::tr("Longer recordings are cut to this part of them, shorter ones get silence. Stretch draws them out or squeezes them instead. While it trains, a network hears another part of longer ones in each epoch, "
                              "if it is the middle that counts here (Train, Augmentation: Part).");
    }
    return {};
}

std::vector<std::string> pieces(const QString& text)
{
    std::vector<std::string> parts;
    for (const QString& part : text.split(u',', Qt::SkipEmptyParts)) {
        parts.push_back(part.trimmed().toStdString());
    }
    return parts;
}

QString joined(const std::vector<std::string>& parts)
{
    QStringList texts;
    for (const std::string& part : parts) {
        texts << QString::fromStdString(part);
    }
    return texts.join(QStringLiteral(", "));
}

std::optional<double> numberIn(const QString& text)
{
    bool isNumber = false;
    const double value = text.trimmed().toDouble(&isNumber);
    return isNumber ? std::optional(value) : std::nullopt;
}

QString limitOf(const std::optional<double>& limit)
{
    return limit ? QString::number(*limit, 'g', 12) : QString();
}

} // namespace

StepEditor::StepEditor(QWidget* parent)
    : QWidget(parent)
    , m_about(new QLabel(this))
    , m_form(new QFormLayout)
    , m_columns(new QListWidget(this))
    , m_method(new QComboBox(this))
    , m_colours(new QComboBox(this))
{
    m_about->setWordWrap(true);
    widgets::setTextRole(*m_about, widgets::TextRole::Muted);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_column = addLine(tr("New column"), QStringLiteral("stepColumn"), tr("name"));
    m_expression = addLine(tr("Expression"), QStringLiteral("stepExpression"), tr("weight / (height / 100) ^ 2"));
    m_columns->setObjectName(QStringLiteral("stepColumns"));
    m_columns->setAccessibleName(tr("Columns of the step"));
    m_columns->setMaximumHeight(150);
    m_form->addRow(tr("Columns"), m_columns);
    m_method->setObjectName(QStringLiteral("stepMethod"));
    m_form->addRow(tr("Method"), m_method);
    m_low = addLine(tr("From"), QStringLiteral("stepLow"), tr("no lower limit"));
    m_high = addLine(tr("To"), QStringLiteral("stepHigh"), tr("no upper limit"));
    m_bins = addNumber(tr("Intervals"), QStringLiteral("stepBins"), 2, 64);
    m_edges = addLine(tr("Edges"), QStringLiteral("stepEdges"), tr("18, 65"));
    m_labels = addLine(tr("Names"), QStringLiteral("stepLabels"), tr("young, grown, old (or as the edges say)"));
    m_value = addLine(tr("Value"), QStringLiteral("stepValue"), {});
    m_order = addLine(tr("Order"), QStringLiteral("stepOrder"), tr("small, medium, large (or as names are sorted)"));
    m_width = addNumber(tr("Width"), QStringLiteral("stepWidth"), 1, 4096);
    m_height = addNumber(tr("Height"), QStringLiteral("stepHeight"), 1, 4096);
    m_colours->addItem(tr("as they are"), QString());
    m_colours->addItem(tr("grey"), QStringLiteral("grey"));
    m_colours->addItem(tr("colour"), QStringLiteral("colour"));
    m_form->addRow(tr("Colours"), m_colours);
    m_rate = addNumber(tr("Rate (Hz)"), QStringLiteral("stepRate"), 1000, 192'000);
    m_seconds = addLine(tr("Seconds"), QStringLiteral("stepSeconds"), tr("as long as nearly all are"));
    connect(m_columns, &QListWidget::itemChanged, this, [this] { read({}); });
    connect(m_method, &QComboBox::currentIndexChanged, this, [this] {
        read({});
        showFields();
    });
    connect(m_colours, &QComboBox::currentIndexChanged, this, [this] { read({}); });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_about);
    layout->addLayout(m_form);
    layout->addStretch();
    setNone();
}

QLineEdit* StepEditor::addLine(const QString& label, const QString& name, const QString& hint)
{
    auto* line = new QLineEdit(this);
    line->setObjectName(name);
    line->setPlaceholderText(hint);
    m_form->addRow(label, line);
    connect(line, &QLineEdit::textEdited, this, [this, name] { read(name); });
    return line;
}

QSpinBox* StepEditor::addNumber(const QString& label, const QString& name, int least, int most)
{
    auto* number = new QSpinBox(this);
    number->setObjectName(name);
    number->setRange(least, most);
    m_form->addRow(label, number);
    connect(number, &QSpinBox::valueChanged, this, [this, name] { read(name); });
    return number;
}

void StepEditor::setColumns(const QStringList& names)
{
    m_names = names;
}

void StepEditor::setNone()
{
    setEnabled(false);
    m_about->setText(tr("A step that you add or choose shows its settings here."));
    m_step = PrepareStep::of(StepKind::DropDuplicates);
    showFields();
}

void StepEditor::setStep(const PrepareStep& step)
{
    m_isShowing = true;
    setEnabled(true);
    m_step = step;
    m_about->setText(aboutStep(step.kind));
    m_column->setText(joined(step.columns));
    m_expression->setText(QString::fromStdString(step.expression));
    m_columns->clear();
    QStringList names = m_names;
    for (const std::string& name : step.columns) { // one that is not there is shown, so that it can be taken out
        if (const auto text = QString::fromStdString(name); !names.contains(text)) {
            names << text;
        }
    }
    for (const QString& name : std::as_const(names)) {
        auto* item = new QListWidgetItem(name, m_columns);
        const bool isChosen = std::find(step.columns.begin(), step.columns.end(), name.toStdString()) != step.columns.end();
        item->setCheckState(isChosen ? Qt::Checked : Qt::Unchecked);
    }
    m_method->clear();
    for (const std::string& method : stepMethods(step.kind)) {
        m_method->addItem(QString::fromStdString(method));
    }
    m_method->setCurrentText(QString::fromStdString(step.method));
    m_low->setText(limitOf(step.low));
    m_high->setText(limitOf(step.high));
    m_bins->setValue(std::max(2, step.bins));
    QStringList edges;
    for (const double edge : step.edges) {
        edges << QString::number(edge, 'g', 12);
    }
    m_edges->setText(edges.join(QStringLiteral(", ")));
    m_labels->setText(joined(step.labels));
    m_value->setText(QString::fromStdString(step.value));
    m_order->setText(joined(step.order));
    m_width->setValue(step.width);
    m_height->setValue(step.height);
    m_colours->setCurrentIndex(std::max(0, m_colours->findData(QString::fromStdString(step.colours))));
    m_rate->setValue(step.rate);
    m_seconds->setText(step.seconds > 0 ? limitOf(step.seconds) : QString());
    showFields();
    m_isShowing = false;
}

void StepEditor::showFields()
{
    const StepKind kind = m_step.kind;
    const auto show = [this](QWidget* field, bool isShown) {
        field->setVisible(isShown);
        if (auto* label = m_form->labelForField(field)) {
            label->setVisible(isShown);
        }
    };
    const bool isBin = kind == StepKind::Bin;
    const bool areEdges = isBin && m_step.method == "edges";
    const bool hasColumns = kind == StepKind::DropMissing || kind == StepKind::Fill || kind == StepKind::Clip || isBin ||
                            kind == StepKind::Scale || kind == StepKind::Encode;
    show(m_column, kind == StepKind::Compute);
    show(m_expression, kind == StepKind::Compute || kind == StepKind::Filter);
    show(m_columns, hasColumns);
    show(m_method, !stepMethods(kind).empty());
    show(m_low, kind == StepKind::Clip);
    show(m_high, kind == StepKind::Clip);
    show(m_bins, isBin && !areEdges);
    show(m_edges, areEdges);
    show(m_labels, isBin);
    show(m_value, kind == StepKind::Fill && m_step.method == "value");
    show(m_order, kind == StepKind::Encode && m_step.method == "ordinal");
    show(m_width, kind == StepKind::Resize);
    show(m_height, kind == StepKind::Resize);
    show(m_colours, kind == StepKind::Resize);
    show(m_rate, kind == StepKind::Resample);
    show(m_seconds, kind == StepKind::Crop && m_step.method != "stretch");
}

void StepEditor::read(const QString& field)
{
    if (m_isShowing) {
        return;
    }
    PrepareStep step = m_step;
    step.fitted.clear();
    if (step.kind == StepKind::Compute) {
        step.columns = {m_column->text().trimmed().toStdString()};
    } else {
        step.columns.clear();
        for (int row = 0; row < m_columns->count(); ++row) {
            if (m_columns->item(row)->checkState() == Qt::Checked) {
                step.columns.push_back(m_columns->item(row)->text().toStdString());
            }
        }
    }
    step.expression = m_expression->text().trimmed().toStdString();
    step.method = m_method->currentText().toStdString();
    step.low = numberIn(m_low->text());
    step.high = numberIn(m_high->text());
    step.bins = step.kind == StepKind::Bin ? m_bins->value() : 0;
    step.edges.clear();
    for (const std::string& edge : pieces(m_edges->text())) {
        if (const auto number = numberIn(QString::fromStdString(edge))) {
            step.edges.push_back(*number);
        }
    }
    step.labels = pieces(m_labels->text());
    step.value = m_value->text().toStdString();
    step.order = pieces(m_order->text());
    step.width = step.kind == StepKind::Resize ? m_width->value() : 0;
    step.height = step.kind == StepKind::Resize ? m_height->value() : 0;
    step.colours = m_colours->currentData().toString().toStdString();
    step.seconds = step.kind == StepKind::Crop ? numberIn(m_seconds->text()).value_or(0) : 0;
    step.rate = step.kind == StepKind::Resample ? m_rate->value() : 0;
    m_step = step;
    emit edited(step, field);
}

} // namespace ty::app
