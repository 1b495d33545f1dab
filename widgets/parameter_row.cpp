#include "widgets/parameter_row.h"

#include <cmath>

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QToolButton>

#include "widgets/glyphs.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

enum GridColumn { DotColumn, LabelColumn, EditorColumn, ResetColumn };

bool isSame(const QVariant& a, const QVariant& b, FieldKind kind)
{
    if (a.isValid() != b.isValid()) {
        return false;
    }
    if (kind == FieldKind::Integer || kind == FieldKind::Real) {
        return a.toDouble() == b.toDouble();
    }
    return a == b;
}

} // namespace

ParameterForm::Row::Row(const FormField& field, QGridLayout& grid, QWidget* parent)
    : QObject(parent)
    , m_field(field)
    , m_value(field.value)
    , m_dot(new QLabel(QStringLiteral("●"), parent))
    , m_box(new QWidget(parent))
    , m_reset(new QToolButton(parent))
    , m_below(new QLabel(parent))
{
    auto* boxLayout = new QHBoxLayout(m_box);
    boxLayout->setContentsMargins(0, 0, 0, 0);
    boxLayout->setSpacing(6);
    QWidget* editor = makeEditor(m_box);
    editor->setAccessibleName(field.label);
    editor->setAccessibleDescription(field.help);
    editor->setToolTip(field.help);
    editor->setObjectName(QStringLiteral("field_") + field.name);
    boxLayout->addWidget(editor, 1);
    if (!field.unit.isEmpty()) {
        auto* unit = new QLabel(field.unit, m_box);
        setTextRole(*unit, TextRole::Muted);
        boxLayout->addWidget(unit);
    }
    if (field.isAutomaticAllowed) {
        m_automatic = new QCheckBox(tr("Auto"), m_box);
        m_automatic->setAccessibleName(tr("%1: automatic").arg(field.label));
        m_automatic->setToolTip(tr("Let the program choose from the data"));
        m_automatic->setObjectName(QStringLiteral("auto_") + field.name);
        boxLayout->addWidget(m_automatic);
        connect(m_automatic, &QCheckBox::toggled, this, &Row::take);
    }
    if (!m_check) {
        m_label = new QLabel(field.label, parent);
        m_label->setBuddy(editor);
        m_label->setToolTip(field.help);
        m_label->setWordWrap(true);
    }
    setTextRole(*m_dot, TextRole::Accent);
    m_dot->setToolTip(tr("Changed from the default"));
    m_reset->setAutoRaise(true);
    m_reset->setIcon(glyphIcon(Glyph::Reset));
    m_reset->setObjectName(QStringLiteral("reset_") + field.name);
    m_below->setWordWrap(true);
    setTextRole(*m_below, TextRole::Bad);

    // Hidden marks keep their place, so that a change moves nothing.
    for (QWidget* mark : {static_cast<QWidget*>(m_dot), static_cast<QWidget*>(m_reset)}) {
        QSizePolicy policy = mark->sizePolicy();
        policy.setRetainSizeWhenHidden(true);
        mark->setSizePolicy(policy);
    }
    const int row = grid.rowCount();
    grid.addWidget(m_dot, row, DotColumn, Qt::AlignVCenter);
    if (m_label) {
        grid.addWidget(m_label, row, LabelColumn, Qt::AlignVCenter);
    }
    grid.addWidget(m_box, row, EditorColumn);
    grid.addWidget(m_reset, row, ResetColumn, Qt::AlignVCenter);
    grid.addWidget(m_below, row + 1, EditorColumn, 1, 2);

    m_reset->setToolTip(tr("Back to the default: %1").arg(textOf(field.defaultValue)));
    m_reset->setAccessibleName(tr("Reset %1").arg(field.label));
    connect(m_reset, &QToolButton::clicked, this, [this, editor] {
        reset();
        editor->setFocus(); // the button hides now
    });
    show(m_value);
    refresh();
}

QWidget* ParameterForm::Row::makeEditor(QWidget* parent)
{
    switch (m_field.kind) {
    case FieldKind::Boolean:
        m_check = new QCheckBox(m_field.label, parent);
        connect(m_check, &QCheckBox::toggled, this, &Row::take);
        return m_check;
    case FieldKind::Choice:
        m_choice = new QComboBox(parent);
        for (const FormChoice& choice : m_field.choices) {
            m_choice->addItem(choice.label.isEmpty() ? choice.value : choice.label, choice.value);
        }
        m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        m_choice->setMinimumContentsLength(8);
        connect(m_choice, &QComboBox::activated, this, &Row::take);
        return m_choice;
    case FieldKind::Integer:
    case FieldKind::Real:
    case FieldKind::Text:
        break;
    }
    // Plain text for numbers: 3e-4 stays 3e-4, and a wheel over the form changes nothing.
    m_line = new QLineEdit(parent);
    m_line->setMinimumWidth(m_line->fontMetrics().averageCharWidth() * 9);
    connect(m_line, &QLineEdit::textEdited, this, &Row::take);
    return m_line;
}

QString ParameterForm::Row::textOf(const QVariant& value) const
{
    if (!value.isValid()) {
        return m_field.automaticText.isEmpty() ? tr("Auto")
                                               : tr("Auto (%1)").arg(m_field.automaticText);
    }
    switch (m_field.kind) {
    case FieldKind::Boolean:
        return value.toBool() ? tr("on") : tr("off");
    case FieldKind::Integer:
        return QString::number(value.toLongLong());
    case FieldKind::Real: {
        const double number = value.toDouble();
        return QString::number(number, 'g', QLocale::FloatingPointShortest);
    }
    case FieldKind::Choice:
        for (const FormChoice& choice : m_field.choices) {
            if (choice.value == value.toString()) {
                return choice.label.isEmpty() ? choice.value : choice.label;
            }
        }
        return value.toString();
    case FieldKind::Text:
        return value.toString();
    }
    return {};
}

void ParameterForm::Row::show(const QVariant& value)
{
    m_isShowing = true;
    if (m_automatic) {
        m_automatic->setChecked(!value.isValid());
    }
    if (m_check) {
        m_check->setChecked(value.toBool());
    } else if (m_choice) {
        m_choice->setCurrentIndex(value.isValid() ? m_choice->findData(value.toString()) : -1);
    } else if (m_line) {
        m_line->setText(value.isValid() ? textOf(value) : QString());
    }
    m_isShowing = false;
}

QString ParameterForm::Row::rangeText() const
{
    const auto number = [](double value) {
        return QString::number(value, 'g', QLocale::FloatingPointShortest);
    };
    const bool hasLow = std::isfinite(m_field.minimum);
    const bool hasHigh = std::isfinite(m_field.maximum);
    if (hasLow && hasHigh) {
        return m_field.isMinimumExcluded
                   ? tr("above %1 and up to %2")
                         .arg(number(m_field.minimum), number(m_field.maximum))
                   : tr("from %1 to %2").arg(number(m_field.minimum), number(m_field.maximum));
    }
    if (hasLow) {
        return m_field.isMinimumExcluded ? tr("above %1").arg(number(m_field.minimum))
                                         : tr("at least %1").arg(number(m_field.minimum));
    }
    return hasHigh ? tr("at most %1").arg(number(m_field.maximum)) : QString();
}

QVariant ParameterForm::Row::readNumber(const QString& text, QString& problem) const
{
    bool isNumber = false;
    double number = QLocale::c().toDouble(text, &isNumber);
    if (!isNumber) {
        number = QLocale().toDouble(text, &isNumber);
    }
    const bool isInteger = m_field.kind == FieldKind::Integer;
    if (text.isEmpty()) {
        problem =
            m_field.isAutomaticAllowed ? tr("Enter a number or tick Auto") : tr("Enter a number");
        return {};
    }
    if (!isNumber || !std::isfinite(number) || (isInteger && number != std::round(number))) {
        problem = isInteger ? tr("Enter a whole number")
                            : tr("Enter a number, for example 0.001 or 1e-3");
        return {};
    }
    const bool isTooLow =
        m_field.isMinimumExcluded ? number <= m_field.minimum : number < m_field.minimum;
    if (isTooLow || number > m_field.maximum) {
        problem = tr("Must be %1").arg(rangeText());
        return {};
    }
    return isInteger ? QVariant(static_cast<qlonglong>(number)) : QVariant(number);
}

QVariant ParameterForm::Row::read(QString& problem) const
{
    if (m_automatic && m_automatic->isChecked()) {
        return {};
    }
    if (m_check) {
        return m_check->isChecked();
    }
    if (m_choice) {
        if (m_choice->currentIndex() < 0) {
            problem = tr("Choose one");
            return {};
        }
        return m_choice->currentData();
    }
    const QString text = m_line->text().trimmed();
    return m_field.kind == FieldKind::Text ? QVariant(text) : readNumber(text, problem);
}

void ParameterForm::Row::take()
{
    if (m_isShowing) {
        return;
    }
    if (m_automatic && sender() == m_automatic && !m_automatic->isChecked()) {
        // Coming from Auto: begin with a value that is valid.
        QVariant start = m_value.isValid() ? m_value : m_field.defaultValue;
        if (!start.isValid() && !m_field.automaticText.isEmpty()) {
            start = m_field.automaticText;
        }
        if (!start.isValid() && m_choice && m_choice->count() > 0) {
            start = m_choice->itemData(0);
        }
        if (start.isValid()) {
            show(start);
        }
    }
    QString problem;
    const QVariant value = read(problem);
    m_typingProblem = problem;
    m_ownerProblem.clear();
    if (problem.isEmpty() && !isSame(value, m_value, m_field.kind)) {
        m_value = value;
        refresh();
        emit edited(m_value);
    } else {
        refresh();
    }
    emit checked();
}

void ParameterForm::Row::setValue(const QVariant& value)
{
    m_value = value;
    m_typingProblem.clear();
    m_ownerProblem.clear();
    show(value);
    refresh();
    emit checked();
}

void ParameterForm::Row::reset()
{
    const bool isNew = !isSame(m_value, m_field.defaultValue, m_field.kind);
    setValue(m_field.defaultValue);
    if (isNew) {
        emit edited(m_value);
    }
}

bool ParameterForm::Row::isChanged() const
{
    return !isSame(m_value, m_field.defaultValue, m_field.kind);
}

QString ParameterForm::Row::problem() const
{
    return m_typingProblem.isEmpty() ? m_ownerProblem : m_typingProblem;
}

void ParameterForm::Row::setOwnerProblem(const QString& text)
{
    m_ownerProblem = text;
    refresh();
}

void ParameterForm::Row::setEnabled(bool isEnabled, const QString& why)
{
    m_box->setEnabled(isEnabled);
    m_reset->setEnabled(isEnabled);
    m_box->setToolTip(isEnabled ? QString() : why);
}

void ParameterForm::Row::setShown(bool isShown)
{
    m_isShown = isShown;
    refresh();
}

void ParameterForm::Row::setAutomaticText(const QString& text)
{
    m_field.automaticText = text;
    refresh();
}

void ParameterForm::Row::refresh()
{
    const bool isAutomatic = m_automatic && m_automatic->isChecked();
    for (QWidget* editor :
         {static_cast<QWidget*>(m_line),
          static_cast<QWidget*>(m_choice),
          static_cast<QWidget*>(m_check)}) {
        if (editor) {
            editor->setEnabled(!isAutomatic);
        }
    }
    if (m_line) {
        m_line->setPlaceholderText(isAutomatic ? m_field.automaticText : QString());
    }
    const bool isMarked = m_isShown && (isChanged() || !m_typingProblem.isEmpty());
    m_dot->setVisible(isMarked);
    m_reset->setVisible(isMarked);
    const QString text = problem();
    m_below->setText(text.isEmpty() ? QString() : QStringLiteral("⚠ ") + text);
    m_below->setVisible(m_isShown && !text.isEmpty());
    m_box->setVisible(m_isShown);
    if (m_label) {
        m_label->setVisible(m_isShown);
    }
    QWidget* editor = m_line     ? static_cast<QWidget*>(m_line)
                      : m_choice ? static_cast<QWidget*>(m_choice)
                                 : m_check;
    editor->setAccessibleDescription(text.isEmpty() ? m_field.help : text);
}

} // namespace ty::widgets
