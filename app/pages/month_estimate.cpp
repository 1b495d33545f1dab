#include "app/pages/month_estimate.h"

#include <algorithm>

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>

#include "app/models/machine_text.h"
#include "app/pages/cost_view.h"

namespace ty::app {

namespace {

constexpr double kHoursPerDay = 24;
constexpr double kUsualHours = 8;
constexpr int kUsualDays = 22;
constexpr int kMostDays = 31;
constexpr int kMostTraffic = 1'000'000;

} // namespace

MonthEstimate::MonthEstimate(QWidget* parent)
    : QWidget(parent)
    , m_hours(new QDoubleSpinBox(this))
    , m_days(new QSpinBox(this))
    , m_traffic(new QSpinBox(this))
    , m_sum(new QLabel(this))
{
    m_hours->setRange(0, kHoursPerDay);
    m_hours->setDecimals(1);
    m_hours->setValue(kUsualHours);
    m_hours->setSuffix(tr(" h a day"));
    m_hours->setAccessibleName(tr("Hours a day"));
    m_days->setRange(0, kMostDays);
    m_days->setValue(kUsualDays);
    m_days->setSuffix(tr(" days"));
    m_days->setAccessibleName(tr("Days a month"));
    m_traffic->setRange(0, kMostTraffic);
    m_traffic->setSingleStep(10);
    m_traffic->setSuffix(tr(" GiB"));
    m_traffic->setSpecialValueText(tr("none"));
    m_traffic->setToolTip(tr("What leaves the cloud in a month: downloads, checkpoints fetched to this computer"));
    m_traffic->setAccessibleName(tr("Traffic out a month"));
    m_sum->setWordWrap(true);
    m_sum->setTextFormat(Qt::PlainText);
    m_sum->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* times = new QHBoxLayout;
    times->addWidget(m_hours);
    times->addWidget(m_days);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("On for"), times);
    form->addRow(tr("Traffic out"), m_traffic);
    form->addRow(m_sum);
    connect(m_hours, &QDoubleSpinBox::valueChanged, this, &MonthEstimate::showSum);
    connect(m_days, &QSpinBox::valueChanged, this, &MonthEstimate::showSum);
    connect(m_traffic, &QSpinBox::valueChanged, this, [this] {
        m_trafficCost.reset();
        showSum();
        emit trafficChanged();
    });
    showSum();
}

void MonthEstimate::setCost(const std::optional<cloud::CostTable>& cost)
{
    m_table = cost;
    showSum();
}

void MonthEstimate::setTraffic(const std::optional<double>& perMonth)
{
    m_trafficCost = perMonth;
    showSum();
}

int MonthEstimate::trafficGiB() const
{
    return m_traffic->value();
}

QString MonthEstimate::text() const
{
    return m_sum->text();
}

void MonthEstimate::showSum()
{
    m_sum->setVisible(m_table.has_value());
    if (!m_table) {
        return;
    }
    const double hours = m_hours->value() * m_days->value();
    const std::string& currency = m_table->currency;
    const auto machine = m_table->perMonthOf(hours);
    const bool hasTraffic = trafficGiB() > 0;
    const auto sum = !hasTraffic         ? machine
        : machine && m_trafficCost ? std::optional(*machine + *m_trafficCost)
                                   : std::nullopt;
    const double off = cloud::kHoursPerMonth - std::min(hours, cloud::kHoursPerMonth);
    const double known = m_table->knownPerHour(true) * (cloud::kHoursPerMonth - off) + m_table->knownPerHour(false) * off
        + m_trafficCost.value_or(0.0);
    QString text = tr("Such a month costs %1.").arg(sumText(sum, known, currency));
    if (hasTraffic) {
        text += QLatin1Char(' ') + tr("Traffic out: %1.").arg(moneyText(m_trafficCost, currency));
    }
    m_sum->setText(text);
}

} // namespace ty::app
