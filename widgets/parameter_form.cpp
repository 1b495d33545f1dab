#include "widgets/parameter_form.h"

#include <algorithm>
#include <utility>

#include <QGridLayout>
#include <QLabel>
#include <QStringList>
#include <QVBoxLayout>

#include "widgets/collapsible_section.h"
#include "widgets/parameter_row.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

QGridLayout* makeGrid(QWidget* owner)
{
    auto* grid = new QGridLayout(owner);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(2, 1);
    return grid;
}

} // namespace

ParameterForm::ParameterForm(QWidget* parent)
    : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
}

ParameterForm::~ParameterForm() = default;

void ParameterForm::setFields(const QList<FormField>& fields)
{
    const bool wasExpanded = m_advanced && m_advanced->isExpanded();
    m_rows.clear();
    m_labelWidth = 0;
    delete m_content;
    m_content = new QWidget(this);
    m_advanced = nullptr;
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    this->layout()->addWidget(m_content);

    const auto fill = [this](QWidget* owner, const QList<const FormField*>& chosen) {
        QGridLayout* grid = makeGrid(owner);
        QString group;
        for (const FormField* field : chosen) {
            if (field->group != group) {
                group = field->group;
                auto* heading = new QLabel(group, owner);
                setTextRole(*heading, TextRole::Heading);
                heading->setContentsMargins(0, grid->rowCount() > 1 ? 8 : 0, 0, 0);
                grid->addWidget(heading, grid->rowCount(), 0, 1, 4);
            }
            auto row = std::make_unique<Row>(*field, *grid, owner);
            row->setParent(nullptr); // owned by m_rows
            // One label column over all grids; very long labels wrap.
            const int widest = fontMetrics().averageCharWidth() * 20;
            m_labelWidth = std::max(
                m_labelWidth, std::min(widest, fontMetrics().horizontalAdvance(field->label) + 6));
            const QString name = field->name;
            connect(row.get(), &Row::edited, this, [this, name](const QVariant& value) {
                noteValidity();
                emit valueChanged(name, value);
            });
            connect(row.get(), &Row::checked, this, &ParameterForm::noteValidity);
            m_rows.push_back(std::move(row));
        }
    };
    QList<const FormField*> basic;
    QList<const FormField*> advanced;
    for (const FormField& field : fields) {
        (field.isAdvanced ? advanced : basic).append(&field);
    }
    // Groups stay together in the order in which they first appear.
    const auto byGroup = [](QList<const FormField*>& chosen) {
        QStringList order;
        for (const FormField* field : std::as_const(chosen)) {
            if (!order.contains(field->group)) {
                order.append(field->group);
            }
        }
        std::stable_sort(chosen.begin(), chosen.end(), [&](const FormField* a, const FormField* b) {
            return order.indexOf(a->group) < order.indexOf(b->group);
        });
    };
    byGroup(basic);
    byGroup(advanced);
    auto* basicBox = new QWidget(m_content);
    fill(basicBox, basic);
    layout->addWidget(basicBox);
    if (!advanced.isEmpty()) {
        m_advanced = new CollapsibleSection(tr("Advanced"), m_content);
        auto* advancedBox = new QWidget(m_advanced);
        fill(advancedBox, advanced);
        m_advanced->setContent(advancedBox);
        m_advanced->setExpanded(wasExpanded);
        layout->addWidget(m_advanced);
    }
    for (QGridLayout* grid : m_content->findChildren<QGridLayout*>()) {
        grid->setColumnMinimumWidth(1, m_labelWidth);
    }
    noteValidity();
}

ParameterForm::Row* ParameterForm::rowNamed(const QString& name) const
{
    const auto found = std::find_if(
        m_rows.begin(), m_rows.end(), [&](const auto& row) { return row->field().name == name; });
    return found == m_rows.end() ? nullptr : found->get();
}

void ParameterForm::setValue(const QString& name, const QVariant& value)
{
    if (Row* row = rowNamed(name)) {
        row->setValue(value);
    }
}

QVariant ParameterForm::value(const QString& name) const
{
    const Row* row = rowNamed(name);
    return row ? row->value() : QVariant();
}

QVariantMap ParameterForm::values() const
{
    QVariantMap map;
    for (const auto& row : m_rows) {
        map.insert(row->field().name, row->value());
    }
    return map;
}

QVariantMap ParameterForm::changedValues() const
{
    QVariantMap map;
    for (const auto& row : m_rows) {
        if (row->isChanged()) {
            map.insert(row->field().name, row->value());
        }
    }
    return map;
}

void ParameterForm::resetAll()
{
    for (const auto& row : m_rows) {
        row->reset();
    }
}

bool ParameterForm::isValid() const
{
    return std::all_of(m_rows.begin(), m_rows.end(), [](const auto& row) {
        return row->isValid() || !row->isShown();
    });
}

QStringList ParameterForm::problems() const
{
    QStringList texts;
    for (const auto& row : m_rows) {
        if (row->isShown() && !row->problem().isEmpty()) {
            texts.append(tr("%1: %2").arg(row->field().label, row->problem()));
        }
    }
    return texts;
}

void ParameterForm::setProblem(const QString& name, const QString& text)
{
    if (Row* row = rowNamed(name)) {
        row->setOwnerProblem(text);
    }
}

void ParameterForm::setFieldEnabled(const QString& name, bool isEnabled, const QString& why)
{
    if (Row* row = rowNamed(name)) {
        row->setEnabled(isEnabled, why);
    }
}

void ParameterForm::setFieldVisible(const QString& name, bool isVisible)
{
    if (Row* row = rowNamed(name)) {
        row->setShown(isVisible);
        noteValidity();
    }
}

void ParameterForm::setAutomaticText(const QString& name, const QString& text)
{
    if (Row* row = rowNamed(name)) {
        row->setAutomaticText(text);
    }
}

void ParameterForm::setAdvancedVisible(bool isVisible)
{
    if (m_advanced) {
        m_advanced->setExpanded(isVisible);
    }
}

void ParameterForm::noteValidity()
{
    if (m_advanced) {
        int changed = 0;
        int wrong = 0;
        for (const auto& row : m_rows) {
            changed += row->field().isAdvanced && row->isChanged() ? 1 : 0;
            wrong += row->field().isAdvanced && !row->problem().isEmpty() ? 1 : 0;
        }
        m_advanced->setNote(
            wrong > 0     ? tr("⚠ %n to correct", nullptr, wrong)
            : changed > 0 ? tr("%n changed", nullptr, changed)
                          : QString());
    }
    const bool isNow = isValid();
    if (isNow != m_wasValid) {
        m_wasValid = isNow;
        emit validityChanged(isNow);
    }
}

} // namespace ty::widgets
