#include "app/pages/spot_fields.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "app/models/machine_text.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr double kMostUsdPerHour = 1000;
constexpr int kPriceDecimals = 4;
constexpr double kWhole = 100;

} // namespace

SpotFields::SpotFields(QWidget* parent)
    : QWidget(parent)
    , m_on(new QCheckBox(tr("Spot: cheaper, and may be taken away with 30 s notice"), this))
    , m_details(new QWidget(this))
    , m_eviction(new QComboBox(m_details))
    , m_maxPrice(new QDoubleSpinBox(m_details))
    , m_note(new QLabel(m_details))
{
    m_eviction->addItem(tr("it is stopped, its disks stay"), QString());
    m_eviction->addItem(tr("it is deleted"), QStringLiteral("delete"));
    m_eviction->setAccessibleName(tr("When it is taken away"));
    m_maxPrice->setRange(0, kMostUsdPerHour);
    m_maxPrice->setDecimals(kPriceDecimals);
    m_maxPrice->setSingleStep(0.01);
    m_maxPrice->setSuffix(tr(" USD an hour"));
    m_maxPrice->setSpecialValueText(tr("up to the regular price"));
    m_maxPrice->setAccessibleName(tr("Pay at most"));
    m_maxPrice->setToolTip(tr("Above that price it is taken away. Without a limit it is taken away for want of room alone."));
    m_note->setWordWrap(true);
    m_note->setTextFormat(Qt::PlainText);
    widgets::setTextRole(*m_note, widgets::TextRole::Muted);
    auto* form = new QFormLayout(m_details);
    form->setContentsMargins(24, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("&When it is taken away"), m_eviction);
    form->addRow(tr("Pay at &most"), m_maxPrice);
    form->addRow(m_note);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_on);
    column->addWidget(m_details);
    connect(m_on, &QCheckBox::toggled, this, [this](bool isOn) {
        showDetails();
        emit changed();
        emit spotToggled(isOn);
    });
    connect(m_eviction, &QComboBox::currentIndexChanged, this, [this] {
        showDetails();
        emit changed();
    });
    connect(m_maxPrice, &QDoubleSpinBox::valueChanged, this, &SpotFields::changed);
    showDetails();
}

void SpotFields::setProvider(bool isGoogle)
{
    m_isGoogle = isGoogle;
    // Google takes no limit: a spot machine costs its spot price.
    static_cast<QFormLayout*>(m_details->layout())->setRowVisible(m_maxPrice, !isGoogle);
    showDetails();
}

void SpotFields::setPrices(const std::optional<double>& regular, const std::optional<double>& spot)
{
    m_regular = regular;
    m_spot = spot;
    showDetails();
}

void SpotFields::setRequest(const cloud::MachineRequest& request)
{
    const QSignalBlocker quiet(this);
    m_on->setChecked(request.isSpot.value_or(false));
    m_eviction->setCurrentIndex(request.eviction == "delete" ? 1 : 0);
    m_maxPrice->setValue(request.maxPrice.value_or(0));
    showDetails();
}

void SpotFields::fill(cloud::MachineRequest& request) const
{
    request.isSpot = isSpot();
    if (isSpot()) {
        request.eviction = m_eviction->currentData().toString().toStdString();
    }
    if (isSpot() && !m_isGoogle && m_maxPrice->value() > 0) {
        request.maxPrice = m_maxPrice->value();
    }
}

bool SpotFields::isSpot() const
{
    return m_on->isChecked();
}

void SpotFields::showDetails()
{
    m_details->setVisible(isSpot());
    QString saving = tr("What it saves is unknown: a price is missing in the list.");
    if (m_regular && m_spot && *m_regular > *m_spot && *m_spot > 0) {
        saving = tr("Saves %1 an hour (%2 %) by today's list: %3 instead of %4.")
                     .arg(moneyText(*m_regular - *m_spot, "USD"))
                     .arg((*m_regular - *m_spot) / *m_regular * kWhole, 0, 'f', 0)
                     .arg(moneyText(m_spot, "USD"), moneyText(m_regular, "USD"));
    } else if (m_regular && m_spot && *m_spot > 0) {
        saving = tr("Saves nothing by today's list.");
    }
    const bool isDeleted = !m_eviction->currentData().toString().isEmpty();
    m_note->setText(
        saving + QLatin1Char('\n')
        + (isDeleted ? tr("A run there ends with the machine: fetch checkpoints to a store while it goes on, at least every 5 min.")
                     : tr("A run there goes on from its last checkpoint: write one at least every 5 min.")));
}

} // namespace ty::app
