// What the account's cloud offers, as it comes into the form, and why a choice among it cannot be had.
#include <algorithm>
#include <iterator>
#include <utility>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QTableView>

#include "app/models/size_table_model.h"
#include "app/pages/agent_keys_box.h"
#include "app/pages/data_disks_editor.h"
#include "app/pages/machine_form.h"
#include "app/pages/spot_fields.h"
#include "cloud/provision/curated_images.h"
#include "cloud/provision/machine_defaults.h"

namespace ty::app {

void MachineForm::showSizes()
{
    std::vector<OfferedSize> shown;
    std::copy_if(m_allSizes.begin(), m_allSizes.end(), std::back_inserter(shown), [this](const OfferedSize& each) {
        // At Google a GPU may be added to any n1 size.
        const bool mayHaveGpu = each.size.gpus > 0 || (isGoogle() && each.size.name.starts_with("n1-"));
        return purpose() == Purpose::Gpu ? mayHaveGpu : purpose() != Purpose::Processors || each.size.gpus <= 0;
    });
    m_isFilling = true;
    m_sizes->setSizes(std::move(shown));
    const int row = m_sizes->rowOf(m_size->text().trimmed());
    m_sorted->setFilterFixedString({});
    if (row >= 0) {
        const QModelIndex index = m_sorted->mapFromSource(m_sizes->index(row, SizeTableModel::Name));
        m_sizeTable->setCurrentIndex(index);
        m_sizeTable->scrollTo(index, QAbstractItemView::PositionAtCenter);
    }
    m_isFilling = false;
    onChanged();
}

void MachineForm::setAccelerators(std::vector<OfferedAccelerator> accelerators)
{
    m_accelerators = std::move(accelerators);
    {
        const QSignalBlocker quiet(m_gpu);
        const QString wanted = m_gpu->currentData().toString();
        m_gpu->clear();
        m_gpu->addItem(tr("none, or those of the size"), QString());
        for (const OfferedAccelerator& each : m_accelerators) {
            const QString name = QString::fromStdString(each.description.empty() ? each.name : each.description);
            m_gpu->addItem(
                each.left ? tr("%1 (%2 left of your quota)").arg(name).arg(*each.left) : tr("%1 (quota unknown)").arg(name),
                QString::fromStdString(each.name));
        }
        m_gpu->setCurrentIndex(std::max(0, m_gpu->findData(wanted)));
    }
    onChanged();
}

void MachineForm::setBasics(const MachineBasics& basics)
{
    m_basics = basics;
    setProvider(basics.provider.empty() ? "azure" : basics.provider);
    {
        const QSignalBlocker quiet(m_region);
        const QString wanted = m_region->currentText();
        m_region->clear();
        for (const CloudRegion& region : basics.regions) {
            const QString name = QString::fromStdString(region.name);
            m_region->addItem(name);
            m_region->setItemData(m_region->count() - 1, QString::fromStdString(region.displayName), Qt::ToolTipRole);
        }
        m_region->setCurrentText(wanted.isEmpty() ? QString::fromLatin1(cloud::usualRegion(m_provider)) : wanted);
    }
    {
        const QSignalBlocker quiet(m_image);
        const QString wanted = m_image->currentText();
        while (m_image->count() > static_cast<int>(cloud::offeredImages(m_provider).size())) {
            m_image->removeItem(m_image->count() - 1);
        }
        for (const OwnImage& image : basics.images) {
            m_image->addItem(
                (image.isSpecialized ? tr("%1 (as it was, %2)") : tr("%1 (captured, %2)"))
                    .arg(QString::fromStdString(image.name), QString::fromStdString(image.region)),
                QString::fromStdString(image.id));
        }
        // A machine that is made once more may have been made of one of them.
        const int known = m_image->findData(wanted);
        known >= 0 ? m_image->setCurrentIndex(known) : m_image->setCurrentText(wanted);
    }
    if (m_size->text().isEmpty()) {
        m_size->setText(QString::fromLatin1(cloud::usualSize(m_provider)));
    }
    if (m_key->text().isEmpty()) {
        m_key->setText(QString::fromStdString(basics.publicKey));
        m_key->setCursorPosition(0);
    }
    m_agentKeys->setKeys(basics.agentKeys);
    m_account->setText(
        isGoogle() ? tr("%1, project %2").arg(QString::fromStdString(basics.account), QString::fromStdString(basics.scope))
                   : tr("%1, subscription %2").arg(QString::fromStdString(basics.account), QString::fromStdString(basics.scope)));
    m_account->setAccessibleName(tr("Account: %1").arg(m_account->text()));
    m_role->setText(QString::fromStdString(basics.roleProblem));
    m_role->setVisible(!basics.roleProblem.empty());
    if (basics.isSandbox && m_allowed->text().isEmpty()) {
        m_allowed->setText(QStringLiteral("127.0.0.1/32"));
    }
    onRegion();
}

void MachineForm::setSizes(std::vector<OfferedSize> sizes)
{
    m_allSizes = std::move(sizes);
    setSizesText({});
    showSizes();
}

void MachineForm::setSizePrices(std::map<std::string, cloud::azure::VmPrice> prices)
{
    m_sizes->setPrices(std::move(prices));
    const int row = m_sizes->rowOf(m_size->text().trimmed());
    m_spot->setPrices(m_sizes->price(row, false), m_sizes->price(row, true));
    suggestSize();
}

void MachineForm::setSizesText(const QString& text)
{
    m_sizesText->setText(text);
    m_sizesText->setVisible(!text.isEmpty());
}

QString MachineForm::sizeObstacle() const
{
    const OfferedSize* offered = m_sizes->sizeAt(m_sizes->rowOf(m_size->text().trimmed()));
    if (offered == nullptr) {
        return m_sizes->rowCount() > 0 && !m_size->text().trimmed().isEmpty()
            ? tr("%1 has no such size. Choose one of the list.").arg(m_region->currentText())
            : QString();
    }
    const std::string obstacle = offered->obstacle();
    if (!obstacle.empty()) {
        return tr("Cannot be had in %1: %2. Choose another size or region.")
            .arg(m_region->currentText(), QString::fromStdString(obstacle));
    }
    const double each = offered->size.quotaVCpus.value_or(offered->size.vCpus.value_or(0));
    if (offered->coresLeft && static_cast<double>(*offered->coresLeft) < each * nodeCount()) {
        return tr("%1 nodes need %2 vCPU, your quota leaves %3. Ask for more, or choose fewer nodes or a smaller size.")
            .arg(nodeCount())
            .arg(each * nodeCount())
            .arg(*offered->coresLeft);
    }
    const auto& zones = offered->offer.zones;
    const std::string zone = m_zone->currentData().toString().toStdString();
    if (!zone.empty() && std::find(zones.begin(), zones.end(), zone) == zones.end()) {
        return isGoogle() ? tr("Not in %1. Choose another zone.").arg(QString::fromStdString(zone))
                          : tr("Not in zone %1. Choose another zone, or none.").arg(QString::fromStdString(zone));
    }
    const int disks = static_cast<int>(m_dataDisks->disks().size());
    if (offered->size.maxDataDisks && *offered->size.maxDataDisks < disks) {
        return tr("It takes %1 data disks at most.").arg(*offered->size.maxDataDisks);
    }
    return {};
}

QString MachineForm::acceleratorObstacle() const
{
    const std::string wanted = m_gpu->currentData().toString().toStdString();
    const auto offered = std::find_if(
        m_accelerators.begin(), m_accelerators.end(), [&](const OfferedAccelerator& each) { return each.name == wanted; });
    if (offered == m_accelerators.end()) {
        return {};
    }
    const QString zone = m_zone->currentData().toString();
    const auto& zones = offered->zones;
    if (std::find(zones.begin(), zones.end(), zone.toStdString()) == zones.end()) {
        QStringList others;
        for (const std::string& each : zones) {
            others << QString::fromStdString(each);
        }
        return tr("Not offered in %1; in %2.").arg(zone, others.join(QStringLiteral(", ")));
    }
    if (!m_size->text().trimmed().startsWith(QLatin1String("n1-"))) {
        return tr("Only n1 sizes take this GPU. Choose one, for example n1-standard-4.");
    }
    if (m_gpus->value() > offered->mostInOne) {
        return tr("At most %1 in one machine.").arg(offered->mostInOne);
    }
    if (offered->left && *offered->left < m_gpus->value()) {
        return tr("Your quota leaves %1 of them in this region. Ask Google for more, or choose another region.").arg(*offered->left);
    }
    return {};
}

} // namespace ty::app
