#include "widgets/collapsible_section.h"

#include <QToolButton>
#include <QVBoxLayout>

namespace ty::widgets {

CollapsibleSection::CollapsibleSection(const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_button(new QToolButton(this))
    , m_layout(new QVBoxLayout(this))
    , m_title(title)
{
    m_button->setCheckable(true);
    m_button->setAutoRaise(true);
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_button->setProperty("heading", true);
    QFont strong = m_button->font();
    strong.setWeight(QFont::DemiBold);
    m_button->setFont(strong);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(4);
    m_layout->addWidget(m_button, 0, Qt::AlignLeading);
    connect(m_button, &QToolButton::toggled, this, [this](bool isOn) {
        if (m_content) {
            m_content->setVisible(isOn);
        }
        refreshText();
        emit toggled(isOn);
    });
    refreshText();
}

void CollapsibleSection::setTitle(const QString& title)
{
    m_title = title;
    refreshText();
}

void CollapsibleSection::setContent(QWidget* content)
{
    delete m_content;
    m_content = content;
    if (content) {
        m_layout->addWidget(content);
        content->setVisible(isExpanded());
    }
}

bool CollapsibleSection::isExpanded() const
{
    return m_button->isChecked();
}

void CollapsibleSection::setExpanded(bool isExpanded)
{
    m_button->setChecked(isExpanded);
}

void CollapsibleSection::setNote(const QString& note)
{
    m_note = note;
    refreshText();
}

void CollapsibleSection::refreshText()
{
    m_button->setArrowType(m_button->isChecked() ? Qt::DownArrow : Qt::RightArrow);
    m_button->setText(m_note.isEmpty() ? m_title : tr("%1 · %2").arg(m_title, m_note));
    m_button->setAccessibleName(
        m_button->isChecked() ? tr("%1, expanded").arg(m_button->text())
                              : tr("%1, collapsed").arg(m_button->text()));
}

} // namespace ty::widgets
