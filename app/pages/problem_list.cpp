#include "app/pages/problem_list.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
widgets::ErrorPanel::Severity severityOf(const QString& name)
{
    if (name == QLatin1String("error")) {
        return widgets::ErrorPanel::Severity::Error;
    }
    return name == QLatin1String("note") ? widgets::ErrorPanel::Severity::Notice
                                         : widgets::ErrorPanel::Severity::Warning;
}
} // namespace

ProblemList::ProblemList(QWidget* parent) : QWidget(parent)
{
    auto* content = new QWidget;
    m_rows = new QVBoxLayout(content);
    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName(tr("Problems"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
}

void ProblemList::setProblems(const std::vector<ProblemSummary>& problems)
{
    while (auto* item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (problems.empty()) {
        auto* none = new QLabel(tr("✔ No problems found."), this);
        widgets::setTextRole(*none, widgets::TextRole::Good);
        m_rows->addWidget(none);
    }
    for (const auto& problem : problems) {
        auto* panel = new widgets::ErrorPanel(this);
        panel->setSeverity(severityOf(problem.severity));
        panel->setText(problem.message, {}, problem.advice);
        panel->setAccessibleName(problem.message);
        if (!problem.places.isEmpty()) {
            panel->setDetails(problem.places.join(u'\n'));
        }
        m_rows->addWidget(panel);
    }
    m_rows->addStretch();
}

} // namespace ty::app
