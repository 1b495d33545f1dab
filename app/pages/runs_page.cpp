#include "app/pages/runs_page.h"

#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/pages/run_detail.h"
#include "app/pages/runs_list.h"
#include "app/pages/samples_view.h"
#include "app/services/app_context.h"

namespace ty::app {

RunsPage::RunsPage(AppContext& context, QWidget* parent)
    : Page(parent)
    , m_stack(new QStackedWidget(this))
    , m_list(new RunsList(context, this))
    , m_context(context)
{
    m_stack->addWidget(m_list);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(m_list, &RunsList::openRequested, this, &RunsPage::showRun);
}

RunDetail& RunsPage::detail()
{
    if (m_detail == nullptr) {
        m_detail = new RunDetail(m_context, this);
        m_stack->addWidget(m_detail);
        connect(m_detail, &RunDetail::backRequested, this, &RunsPage::showList);
    }
    return *m_detail;
}

QList<QAction*> RunsPage::pageActions()
{
    return m_list->actionList();
}

QAbstractItemView* RunsPage::inspectedView()
{
    return m_list->table();
}

void RunsPage::focusFilter()
{
    showList();
    m_list->focusFilter();
}

void RunsPage::refresh()
{
    m_list->reload();
}

void RunsPage::showRun(qint64 runId)
{
    detail().showRun(runId);
    m_stack->setCurrentWidget(m_detail);
}

void RunsPage::showMistakes(qint64 runId)
{
    showRun(runId);
    detail().samples().showWrong();
    detail().showTab(QStringLiteral("samples"));
}

void RunsPage::showList()
{
    m_stack->setCurrentWidget(m_list);
}

} // namespace ty::app
