#include "app/pages/budget_card.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "app/pages/accounts_dialog.h"
#include "app/services/all_services.h"
#include "app/services/cloud_services.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
constexpr double kMost = 1'000'000;
constexpr double kStep = 10;
} // namespace

BudgetCard::BudgetCard(AppContext& context, QWidget* parent)
    : QFrame(parent), m_context(context), m_burn(CloudServices::of(context).burn()), m_month(new QDoubleSpinBox(this)), m_spent(new QLabel(this))
{
    widgets::makeCard(*this);
    auto* column = new QVBoxLayout(this);
    auto* heading = new QLabel(tr("Clouds and money"), this);
    widgets::setTextRole(*heading, widgets::TextRole::Heading);
    column->addWidget(heading);
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    column->addLayout(form);
    m_month->setObjectName(QStringLiteral("monthBudget"));
    m_month->setRange(0, kMost);
    m_month->setDecimals(0);
    m_month->setSingleStep(kStep);
    m_month->setSpecialValueText(tr("no limit"));
    m_month->setSuffix(QStringLiteral(" USD"));
    m_month->setKeyboardTracking(false);
    m_month->setAccessibleName(tr("Budget a month"));
    form->addRow(tr("&Budget a month:"), m_month);
    m_spent->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_spent->setWordWrap(true); // after the policy, to which it adds that the height follows the width
    widgets::setTextRole(*m_spent, widgets::TextRole::Muted);
    form->addRow(QString(), m_spent);
    auto* release = new QCheckBox(tr("&Release machines that are off but still billed"), this);
    release->setChecked(m_burn.releasesStopped());
    form->addRow(QString(), release);
    connect(release, &QCheckBox::toggled, this, [this](bool isOn) { m_burn.setReleasesStopped(isOn); });
    auto* accounts = new QPushButton(tr("Cloud &accounts…"), this);
    connect(accounts, &QPushButton::clicked, this, [this] {
        auto* dialog = new AccountsDialog(
            CloudServices::of(m_context).accounts(), CloudServices::of(m_context).unlocking(), window());
        dialog->open();
    });
    auto* row = new QHBoxLayout;
    row->addWidget(accounts);
    row->addStretch(1);
    form->addRow(QString(), row);
    connect(m_month, &QDoubleSpinBox::valueChanged, this, &BudgetCard::write);
    connect(&context.catalog, &CatalogService::opened, this, &BudgetCard::read);
    connect(&m_burn, &BurnService::changed, this, &BudgetCard::showSpent);
    read();
    showSpent();
}

void BudgetCard::read()
{
    m_context.catalog.call(this, readBudgets, [this](const Result<Budgets>& budgets) {
        if (budgets) {
            m_budgets = *budgets;
            const QSignalBlocker quiet(m_month);
            m_month->setValue(m_budgets.perMonth.value_or(0));
        }
    });
}

void BudgetCard::write()
{
    m_budgets.perMonth = m_month->value() > 0 ? std::optional(m_month->value()) : std::nullopt;
    m_context.catalog.call(
        this, [budgets = m_budgets](catalog::Catalog& catalog) { return writeBudgets(catalog, budgets); },
        [this](const Result<void>& written) {
            if (!written) {
                m_context.notices.error(tr("The budget could not be kept."), written.error());
            }
            m_burn.lookSoon();
        });
}

void BudgetCard::showSpent()
{
    const Burn& burn = m_burn.burn();
    const QString spent = QLocale().toString(burn.month, 'f', 2);
    m_spent->setText(
        tr("%1 USD this month so far%2, list prices before tax. At 50, 80 and 100 % you are told; a machine that would "
           "go over it is refused until you agree.")
            .arg(spent, burn.isTodayPartial ? tr(" + unknown") : QString()));
}

} // namespace ty::app
