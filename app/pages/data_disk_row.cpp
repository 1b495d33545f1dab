#include "app/pages/data_disk_row.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

#include "app/models/machine_text.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/disk_kinds.h"
#include "cloud/provision/machine_defaults.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kLargestDisk = 32767;
constexpr int kUsualGiB = 256;

} // namespace

DataDiskRow::DataDiskRow(const std::string& provider, const cloud::DiskRequest& disk, QWidget* parent)
    : QWidget(parent)
    , m_size(new QSpinBox(this))
    , m_kind(new QComboBox(this))
    , m_goesToo(new QCheckBox(tr("Delete with the machine"), this))
    , m_remove(new QToolButton(this))
    , m_words(new QLabel(this))
{
    m_size->setRange(1, kLargestDisk);
    m_size->setSuffix(tr(" GiB"));
    m_size->setValue(static_cast<int>(disk.sizeGiB.value_or(kUsualGiB)));
    m_goesToo->setChecked(disk.isDeletedWithMachine.value_or(false));
    m_goesToo->setToolTip(tr("Otherwise it is kept, and billed, when the machine is deleted."));
    m_remove->setText(tr("Remove"));
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_words->setWordWrap(true);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(2);
    grid->addWidget(m_size, 0, 0);
    grid->addWidget(m_kind, 0, 1);
    grid->addWidget(m_goesToo, 0, 2);
    grid->addWidget(m_remove, 0, 3);
    grid->addWidget(m_words, 1, 0, 1, 4);
    grid->setColumnStretch(1, 1);
    setProvider(provider);
    if (const int kind = m_kind->findData(QString::fromStdString(disk.kind)); kind >= 0) {
        m_kind->setCurrentIndex(kind);
    }
    describe();
    const auto tell = [this] {
        m_isPriced = false;
        describe();
        emit changed();
    };
    connect(m_size, &QSpinBox::valueChanged, this, tell);
    connect(m_kind, &QComboBox::currentIndexChanged, this, tell);
    connect(m_goesToo, &QCheckBox::toggled, this, tell);
    connect(m_remove, &QToolButton::clicked, this, &DataDiskRow::removed);
}

void DataDiskRow::setProvider(const std::string& provider)
{
    m_provider = provider;
    const QSignalBlocker quiet(m_kind);
    const QString wanted = m_kind->currentData().toString();
    m_kind->clear();
    for (const cloud::DiskKind& kind : cloud::diskKinds(provider)) {
        m_kind->addItem(tr(kind.label), QString::fromLatin1(kind.id));
    }
    const int kept = m_kind->findData(wanted);
    const int usual = m_kind->findData(QString::fromLatin1(cloud::usualDataDiskKind(provider)));
    m_kind->setCurrentIndex(kept >= 0 ? kept : usual);
    describe();
}

void DataDiskRow::setNumber(int number)
{
    m_size->setAccessibleName(tr("Size of data disk %1").arg(number));
    m_kind->setAccessibleName(tr("Kind of data disk %1").arg(number));
    m_goesToo->setAccessibleName(tr("Delete data disk %1 with the machine").arg(number));
    m_remove->setAccessibleName(tr("Remove data disk %1").arg(number));
}

cloud::DiskRequest DataDiskRow::disk() const
{
    return {m_size->value(), m_kind->currentData().toString().toStdString(), m_goesToo->isChecked()};
}

void DataDiskRow::setPerHour(const std::optional<double>& usd)
{
    m_perHour = usd;
    m_isPriced = true;
    describe();
}

void DataDiskRow::describe()
{
    QString words
        = QString::fromStdString(cloud::diskWords(m_provider, m_kind->currentData().toString().toStdString(), m_size->value()));
    if (m_isPriced && !m_goesToo->isChecked()) {
        const auto perMonth = m_perHour ? std::optional(*m_perHour * cloud::kHoursPerMonth) : std::nullopt;
        words += (words.isEmpty() ? QString() : QStringLiteral(" · "))
            + tr("%1 a month for as long as it is kept").arg(moneyText(perMonth, "USD"));
    }
    m_words->setText(words);
    m_words->setVisible(!words.isEmpty());
}

} // namespace ty::app
