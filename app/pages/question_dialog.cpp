#include "app/pages/question_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/theme/roles.h"

namespace ty::app {

QuestionDialog::QuestionDialog(const QString& title, const QString& verb, QWidget* parent)
    : QDialog(parent), m_column(new QVBoxLayout(this)), m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    setMinimumWidth(460);
    m_column->setSpacing(10);
    auto* heading = new QLabel(title, this);
    heading->setWordWrap(true);
    widgets::setTextRole(*heading, widgets::TextRole::Heading);
    m_column->addWidget(heading);
    m_go = m_buttons->addButton(verb, QDialogButtonBox::AcceptRole);
    m_go->setAutoDefault(false);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

QLabel* QuestionDialog::addText(const QString& text)
{
    auto* label = new QLabel(text, this);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    m_column->addWidget(label);
    return label;
}

void QuestionDialog::addField(const QString& label, QWidget* field)
{
    auto* caption = new QLabel(label, this);
    caption->setBuddy(field);
    field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    m_column->addWidget(caption);
    m_column->addWidget(field);
}

void QuestionDialog::addWidget(QWidget* widget, int stretch)
{
    m_column->addWidget(widget, stretch);
    m_isStretched = m_isStretched || stretch > 0;
}

void QuestionDialog::ask(QWidget* focused)
{
    if (!m_isStretched) {
        m_column->addStretch(1);
    }
    m_column->addWidget(m_buttons);
    auto* safe = m_buttons->button(QDialogButtonBox::Cancel);
    safe->setDefault(true);
    open();
    (focused != nullptr ? focused : safe)->setFocus();
}

} // namespace ty::app
