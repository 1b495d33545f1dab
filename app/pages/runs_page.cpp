#include "app/pages/runs_page.h"

#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

#include "app/pages/run_detail.h"
#include "app/pages/runs_list.h"
#include "app/pages/samples_view.h"
#include "app/pages/studies_view.h"
#include "app/services/app_context.h"

namespace ty::app {

RunsPage::RunsPage(AppContext& context, QWidget* parent)
    : Page(parent)
    , m_stack(new QStackedWidget(this))
    , m_list(new RunsList(context, this))
    , m_kinds(new QTabBar(this))
    , m_studies(new StudiesView(context, this))
    , m_context(context)
{
    m_stack->addWidget(m_list);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(m_studies);
    m_kinds->addTab(tr("Runs"));
    m_kinds->addTab(tr("Studies"));
    m_kinds->setDrawBase(false);
    m_kinds->setExpanding(false);
    m_kinds->setAccessibleName(tr("Runs or studies"));
    m_kinds->hide(); // until there is a study
    layout->addWidget(m_kinds);
    layout->addWidget(m_stack, 1);
    connect(m_kinds, &QTabBar::currentChanged, this, [this](int kind) {
        m_stack->setCurrentWidget(kind == 0 ? static_cast<QWidget*>(m_list) : m_studies);
    });
    connect(m_studies, &StudiesView::studyRequested, this, &RunsPage::studyRequested);
    connect(m_studies, &StudiesView::counted, this, [this](int studies) {
        m_kinds->setTabText(1, tr("Studies (%1)").arg(studies));
        const bool isNeeded = studies > 0 || m_kinds->currentIndex() == 1; // an undo may bring the last one back
        m_kinds->setVisible(isNeeded && m_stack->currentWidget() != m_detail);
        m_hasStudies = isNeeded;
    });
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
    m_kinds->hide();
}

void RunsPage::showMistakes(qint64 runId)
{
    showRun(runId);
    detail().samples().showWrong();
    detail().showTab(QStringLiteral("samples"));
}

void RunsPage::showEvaluation(qint64 runId)
{
    showRun(runId);
    detail().showTab(QStringLiteral("evaluation"));
}

void RunsPage::showList()
{
    m_kinds->setCurrentIndex(0);
    m_kinds->setVisible(m_hasStudies);
    m_stack->setCurrentWidget(m_list);
}

void RunsPage::showStudies()
{
    m_kinds->setVisible(true);
    m_kinds->setCurrentIndex(1);
    m_stack->setCurrentWidget(m_studies);
}

} // namespace ty::app
