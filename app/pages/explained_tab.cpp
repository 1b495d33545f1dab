#include "app/pages/explained_tab.h"

#include <QLabel>

#include "widgets/theme/roles.h"

namespace ty::app {

ExplainedTab::ExplainedTab(QWidget* page, QWidget* parent)
    : QStackedWidget(parent)
    , m_reason(new QLabel(this))
{
    m_reason->setWordWrap(true);
    m_reason->setAlignment(Qt::AlignCenter);
    m_reason->setMargin(24);
    m_reason->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    widgets::setTextRole(*m_reason, widgets::TextRole::Muted);
    addWidget(page);
    addWidget(m_reason);
}

void ExplainedTab::setReason(const QString& reason)
{
    m_reason->setText(reason);
    setCurrentIndex(reason.isEmpty() ? 0 : 1);
}

QString ExplainedTab::reason() const
{
    return m_reason->text();
}

} // namespace ty::app
