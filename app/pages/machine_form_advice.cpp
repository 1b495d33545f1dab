// What the form suggests: for the data, and where what was chosen cannot be had.
#include <algorithm>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

#include "app/models/size_table_model.h"
#include "app/pages/data_disks_editor.h"
#include "app/pages/data_needs.h"
#include "app/pages/machine_form.h"
#include "app/pages/spot_fields.h"
#include "cloud/provision/machine_defaults.h"

namespace ty::app {

namespace {

constexpr int kLargestDataDisk = 32767;
constexpr double kGiB = 1024.0 * 1024 * 1024;
constexpr double kMemoryRoom = 1.25; // the system and what reads the data take theirs

bool areSame(const std::vector<cloud::DiskRequest>& a, const std::vector<cloud::DiskRequest>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const cloud::DiskRequest& one, const cloud::DiskRequest& other) {
        return one.sizeGiB == other.sizeGiB && one.kind == other.kind
            && one.isDeletedWithMachine.value_or(false) == other.isDeletedWithMachine.value_or(false);
    });
}

} // namespace

void MachineForm::setData(std::vector<NeededData> all)
{
    m_data->setData(std::move(all));
}

void MachineForm::onData()
{
    const auto disks = m_dataDisks->disks();
    const bool isSuggestion = disks.empty() || areSame(disks, m_suggestedDisks);
    m_suggestedDisks.clear();
    if (const int gib = m_data->diskGiB(); gib > 0) {
        m_suggestedDisks = {{std::min(gib, kLargestDataDisk), cloud::usualDataDiskKind(m_provider), false}};
    }
    if (isSuggestion) {
        m_dataDisks->setDisks(m_suggestedDisks); // what somebody chose stays
    }
    suggestSize();
    const NeededData* needed = m_data->chosen();
    emit dataRegionWanted(needed == nullptr ? QString() : needed->address);
}

void MachineForm::setDataRegion(const std::optional<std::string>& region)
{
    m_data->setRegion(region);
    if (region) {
        m_region->setCurrentText(QString::fromStdString(*region));
    }
}

/// The cheapest that can be had and holds what the newest run on the data took; a size with GPUs by their memory.
void MachineForm::suggestSize()
{
    const NeededData* needed = m_data->chosen();
    const OfferedSize* best = nullptr;
    double bestPrice = 0;
    for (int row = 0; needed != nullptr && needed->memoryBytes > 0 && row < m_sizes->rowCount(); ++row) {
        const OfferedSize* each = m_sizes->sizeAt(row);
        const cloud::azure::VmSize& size = each->size;
        const double gib = size.gpus > 0 ? size.gpus * size.gpuMemoryGiB.value_or(0) : size.memoryGiB.value_or(0);
        const auto price = m_sizes->price(row, m_spot->isSpot());
        const bool fits = gib * kGiB >= static_cast<double>(needed->memoryBytes) * kMemoryRoom;
        if (price && fits && each->obstacle().empty() && (best == nullptr || *price < bestPrice)) {
            best = each;
            bestPrice = *price;
        }
    }
    const QString name = best == nullptr ? QString() : QString::fromStdString(best->size.name);
    m_data->setFittingSize(name, name.compare(m_size->text().trimmed(), Qt::CaseInsensitive) == 0);
}

void MachineForm::setDiskPrices(const std::vector<std::optional<double>>& usdPerHour)
{
    m_dataDisks->setPerHour(usdPerHour);
}

void MachineForm::setPlace(const std::string& region, const std::string& zone)
{
    m_region->setCurrentText(QString::fromStdString(region));
    m_zone->setCurrentIndex(std::max(0, m_zone->findData(QString::fromStdString(zone))));
}

void MachineForm::setSize(const QString& size)
{
    m_size->setText(size);
    showSizes();
}

std::optional<MissingQuota> MachineForm::missingQuota() const
{
    const std::string card = m_gpu->currentData().toString().toStdString();
    const auto accelerator = std::find_if(
        m_accelerators.begin(), m_accelerators.end(), [&](const OfferedAccelerator& each) { return each.name == card; });
    if (accelerator != m_accelerators.end() && accelerator->left && *accelerator->left < m_gpus->value()) {
        return MissingQuota{card, static_cast<double>(m_gpus->value())};
    }
    const OfferedSize* offered = m_sizes->sizeAt(m_sizes->rowOf(m_size->text().trimmed()));
    if (offered == nullptr || !offered->offer.isOffered || !offered->coresLeft) {
        return {};
    }
    const double needed = offered->size.quotaVCpus.value_or(offered->size.vCpus.value_or(0)) * nodeCount();
    return static_cast<double>(*offered->coresLeft) < needed ? std::optional(MissingQuota{offered->size.family, needed}) : std::nullopt;
}

/// Below the sizes, where the chosen one cannot be had: what to do about it.
void MachineForm::showWaysOut()
{
    const bool isSizeBad = !m_below.at("size")->isHidden() && m_sizes->rowCount() > 0;
    const bool isCardBad = !m_below.at("gpu")->isHidden();
    m_waysOut->setVisible(isSizeBad || isCardBad);
    m_otherSize->setVisible(isSizeBad && m_sizes->rowOf(m_size->text().trimmed()) >= 0);
    m_quota->setVisible(missingQuota().has_value());
}

} // namespace ty::app
