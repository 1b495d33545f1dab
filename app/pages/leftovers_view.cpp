#include "app/pages/leftovers_view.h"

#include <utility>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/leftover_table_model.h"
#include "app/pages/error_text.h"
#include "app/pages/leftover_question.h"
#include "app/provisioning/leftover_reader.h"
#include "app/services/all_services.h"
#include "app/services/cloud_services.h"
#include "widgets/column_widths.h"
#include "widgets/empty_state.h"
#include "widgets/error_panel.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
constexpr const char* kCurrency = "USD"; // as everywhere in the window
enum StackPlace { WaitingPlace, EmptyPlace, TablePlace };
} // namespace

LeftoversView::LeftoversView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_machines(CloudServices::of(context).machines())
    , m_model(new LeftoverTableModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this))
    , m_stack(new QStackedWidget(this))
    , m_waiting(new QLabel(tr("Looking for what was left over…"), this))
    , m_empty(new widgets::EmptyState(
          context.theme.icon(QStringLiteral("compute")),
          tr("Nothing is left over: every disk, address and card of ours belongs to a machine."), this))
    , m_error(new widgets::ErrorPanel(this))
    , m_sum(new QLabel(this))
    , m_delete(new QPushButton(this))
{
    setUpTable();
    m_waiting->setAlignment(Qt::AlignCenter);
    widgets::setTextRole(*m_waiting, widgets::TextRole::Muted);
    m_stack->addWidget(m_waiting);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_table);
    m_error->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 0, 0);
    column->addWidget(m_error);
    column->addWidget(m_stack, 1);
    column->addWidget(makeFoot());
    connect(m_model, &LeftoverTableModel::ticksChanged, this, &LeftoversView::onTicks);
    connect(&m_machines, &MachineService::ended, this, [this] {
        if (isVisible()) {
            refresh();
        }
    });
    connect(&m_machines, &MachineService::changed, this, [this] {
        if (isVisible() && m_machines.account() != m_account) {
            refresh();
        }
    });
    connect(&context.theme, &ThemeService::themeChanged, m_empty, [this] {
        m_empty->setIcon(m_context.theme.icon(QStringLiteral("compute")));
    });
    onTicks();
}

void LeftoversView::setUpTable()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(LeftoverTableModel::kSortRole);
    m_sorted->setSortLocaleAware(true);
    m_table->setModel(m_sorted);
    widgets::setUpRows(*m_table, tr("Leftovers"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setStretchLastSection(true);
    widgets::setColumnLetters(*m_table, {30, 18, 12, 17, 20, 16, 40});
    m_table->sortByColumn(LeftoverTableModel::PerMonth, Qt::DescendingOrder);
}

QWidget* LeftoversView::makeFoot()
{
    auto* foot = new QWidget(this);
    auto* row = new QHBoxLayout(foot);
    row->setContentsMargins(0, 0, 0, 0);
    m_sum->setTextFormat(Qt::PlainText);
    row->addWidget(m_sum, 1);
    const auto add = [&](const QString& text, auto action) {
        auto* button = new QPushButton(text, foot);
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, action);
    };
    add(tr("Tick all but data"), [this] { m_model->tickAll(true); });
    add(tr("Tick none"), [this] { m_model->tickAll(false); });
    add(tr("Look again"), [this] { refresh(); });
    row->addWidget(m_delete);
    m_delete->setAutoDefault(false);
    connect(m_delete, &QPushButton::clicked, this, &LeftoversView::deleteTicked);
    return foot;
}

void LeftoversView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

void LeftoversView::refresh()
{
    const QString account = m_machines.account();
    if (account != m_account) {
        m_account = account;
        m_model->setLeftovers({}, QLatin1String(kCurrency));
        m_stack->setCurrentIndex(WaitingPlace);
        emit counted(-1);
    }
    const int question = ++m_question;
    m_machines.ask<std::vector<cloud::Leftover>>(
        this, [](CloudSession& session, std::stop_token stop) { return readLeftovers(session, kCurrency, stop); },
        [this, question](Result<std::vector<cloud::Leftover>> leftovers) {
            if (question == m_question) {
                onRead(std::move(leftovers));
            }
        });
}

void LeftoversView::onRead(Result<std::vector<cloud::Leftover>> leftovers)
{
    m_error->setVisible(!leftovers);
    if (!leftovers) {
        showError(*m_error, tr("What was left over in %1 could not be read.").arg(m_account), leftovers.error());
        connect(m_error->addButton(tr("Retry")), &QPushButton::clicked, this, &LeftoversView::refresh);
        if (m_model->rowCount() == 0) {
            m_waiting->clear();
        }
        return;
    }
    m_model->setLeftovers(std::move(leftovers).value(), QLatin1String(kCurrency));
    m_stack->setCurrentIndex(m_model->rowCount() > 0 ? TablePlace : EmptyPlace);
    emit counted(m_model->rowCount());
}

void LeftoversView::onTicks()
{
    const auto ticked = m_model->ticked();
    const int count = static_cast<int>(ticked.size());
    const QString all = leftoverSumText(m_model->leftovers(), QLatin1String(kCurrency));
    m_sum->setText(
        m_model->rowCount() == 0 ? QString()
        : count == 0 ? tr("All together: %1 a month.").arg(all)
                     : tr("All together: %1 a month. Ticked: %2 a month.")
                           .arg(all, leftoverSumText(ticked, QLatin1String(kCurrency))));
    m_delete->setEnabled(count > 0);
    m_delete->setText(count == 0 ? tr("Delete…") : tr("Delete %n ticked…", nullptr, count));
}

void LeftoversView::deleteTicked()
{
    const auto ticked = m_model->ticked();
    askToDeleteLeftovers(ticked, QLatin1String(kCurrency), this, [this, ticked] { m_machines.clean(ticked); });
}

} // namespace ty::app
