#include "app/pages/data_needs.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "app/models/run_format.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr double kBytesPerGiB = 1024.0 * 1024 * 1024;
constexpr double kRoom = 1.5; // what is unpacked and cached stands beside what was fetched

} // namespace

DataNeeds::DataNeeds(QWidget* parent)
    : QWidget(parent)
    , m_choice(new QComboBox(this))
    , m_words(new QLabel(this))
    , m_useRegion(new QPushButton(this))
    , m_useSize(new QPushButton(this))
{
    m_words->setWordWrap(true);
    m_words->setTextFormat(Qt::PlainText);
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    auto* buttons = new QHBoxLayout;
    for (auto* button : {m_useRegion, m_useSize}) {
        button->setAutoDefault(false);
        button->hide();
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_choice);
    column->addWidget(m_words);
    column->addLayout(buttons);
    setFocusProxy(m_choice);
    m_choice->setAccessibleName(tr("For the data"));
    m_choice->setToolTip(tr("Chooses where the machine is made and how large its data disk is"));
    connect(m_choice, &QComboBox::currentIndexChanged, this, [this] {
        m_isPlaceKnown = false;
        m_region.clear();
        m_size.clear();
        describe();
        emit chosenChanged();
    });
    connect(m_useRegion, &QPushButton::clicked, this, [this] { emit regionWanted(m_region); });
    connect(m_useSize, &QPushButton::clicked, this, [this] { emit sizeWanted(m_size); });
    setData({});
}

void DataNeeds::setData(std::vector<NeededData> all)
{
    m_all = std::move(all);
    {
        const QSignalBlocker quiet(m_choice);
        m_choice->clear();
        m_choice->addItem(m_all.empty() ? tr("no dataset is known yet") : tr("none in particular"));
        for (const NeededData& each : m_all) {
            m_choice->addItem(tr("%1 (%2)").arg(each.name, bytesText(each.bytes)));
            m_choice->setItemData(m_choice->count() - 1, each.address, Qt::ToolTipRole);
        }
    }
    m_choice->setEnabled(!m_all.empty());
    describe();
}

const NeededData* DataNeeds::chosen() const
{
    const int index = m_choice->currentIndex() - 1;
    return index >= 0 && index < static_cast<int>(m_all.size()) ? &m_all[static_cast<std::size_t>(index)] : nullptr;
}

void DataNeeds::setRegion(const std::optional<std::string>& region)
{
    m_isPlaceKnown = true;
    m_region = QString::fromStdString(region.value_or(std::string()));
    describe();
}

void DataNeeds::setMachineRegion(const QString& region)
{
    if (m_machineRegion != region) {
        m_machineRegion = region;
        describe();
    }
}

void DataNeeds::setFittingSize(const QString& size, bool isChosen)
{
    if (m_size != size || m_isSizeChosen != isChosen) {
        m_size = size;
        m_isSizeChosen = isChosen;
        describe();
    }
}

int DataNeeds::diskGiB() const
{
    const NeededData* needed = chosen();
    return needed == nullptr ? 0 : std::max(1, static_cast<int>(std::ceil(static_cast<double>(needed->bytes) * kRoom / kBytesPerGiB)));
}

void DataNeeds::describe()
{
    const NeededData* needed = chosen();
    const bool isElsewhere = needed != nullptr && !m_region.isEmpty() && m_region != m_machineRegion;
    m_useRegion->setVisible(isElsewhere);
    m_useRegion->setText(tr("Use %1, where the data is").arg(m_region));
    m_useSize->setVisible(needed != nullptr && !m_size.isEmpty() && !m_isSizeChosen);
    m_useSize->setText(tr("Use %1, the cheapest that holds it").arg(m_size));
    m_words->setVisible(needed != nullptr);
    if (needed == nullptr) {
        return;
    }
    QStringList words;
    if (!m_region.isEmpty()) {
        words << (isElsewhere ? tr("The data is in %1: reading it from %2 is billed as traffic between regions.").arg(m_region, m_machineRegion)
                              : tr("The data is here: no egress."));
    } else if (m_isPlaceKnown) {
        words << tr("The data lies in no store of this account; it is copied to the machine.");
    }
    words << tr("With room to work it needs a data disk of %1 GiB.").arg(diskGiB());
    if (needed->memoryBytes > 0) {
        words << tr("%1 on it took %2 of memory.").arg(needed->run, bytesText(needed->memoryBytes));
    } else {
        words << tr("How much memory a model on it needs is known after its first run.");
    }
    m_words->setText(words.join(QLatin1Char(' ')));
}

} // namespace ty::app
