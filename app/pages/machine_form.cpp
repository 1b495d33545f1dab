#include "app/pages/machine_form.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/size_table_model.h"
#include "app/pages/agent_keys_box.h"
#include "app/pages/data_disks_editor.h"
#include "app/pages/data_needs.h"
#include "app/pages/spot_fields.h"
#include "cloud/provision/curated_images.h"
#include "cloud/provision/disk_kinds.h"
#include "cloud/provision/machine_defaults.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kLargestDisk = 32767;
constexpr const char* kEverybody = "0.0.0.0/0";

std::string textOf(const QLineEdit& line)
{
    return line.text().trimmed().toStdString();
}

QSpinBox* makeSpin(int largest, const QString& suffix, QWidget* parent)
{
    auto* spin = new QSpinBox(parent);
    spin->setRange(0, largest);
    spin->setSuffix(suffix);
    spin->setSpecialValueText(MachineForm::tr("never"));
    spin->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return spin;
}

} // namespace

MachineForm::MachineForm(QWidget* parent)
    : QWidget(parent)
    , m_account(new QLabel(this))
    , m_role(new QLabel(this))
    , m_data(new DataNeeds(this))
    , m_waysOut(new QWidget(this))
    , m_otherRegion(new QPushButton(tr("Switch region"), this))
    , m_otherSize(new QPushButton(tr("Switch size"), this))
    , m_quota(new QPushButton(tr("Request quota…"), this))
    , m_purpose(new QComboBox(this))
    , m_count(new QSpinBox(this))
    , m_name(new QLineEdit(this))
    , m_group(new QLineEdit(QStringLiteral("trainyard"), this))
    , m_region(new QComboBox(this))
    , m_zone(new QComboBox(this))
    , m_sizes(new SizeTableModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_size(new QLineEdit(this))
    , m_sizeTable(new QTableView(this))
    , m_sizesText(new QLabel(this))
    , m_spot(new SpotFields(this))
    , m_image(new QComboBox(this))
    , m_osDisk(makeSpin(kLargestDisk, tr(" GiB"), this))
    , m_osDiskKind(new QComboBox(this))
    , m_imageNotes(new QLabel(this))
    , m_osDiskStays(new QCheckBox(tr("Keep it when the machine is deleted"), this))
    , m_dataDisks(new DataDisksEditor(this))
    , m_gpu(new QComboBox(this))
    , m_gpus(new QSpinBox(this))
    , m_publicIp(new QCheckBox(tr("Reachable from outside"), this))
    , m_user(new QLineEdit(QStringLiteral("trainer"), this))
    , m_key(new QLineEdit(this))
    , m_agentKeys(new AgentKeysBox(this))
    , m_tags(new QLineEdit(this))
    , m_allowed(new QLineEdit(this))
    , m_anyone(new QCheckBox(tr("Anyone can knock (0.0.0.0/0): the key alone protects it"), this))
    , m_idle(makeSpin(24 * 60, tr(" min"), this))
    , m_limit(makeSpin(24 * 365, tr(" h"), this))
    , m_budget(new QDoubleSpinBox(this))
    , m_nearest(new QPushButton(this))
{
    auto* column = new QVBoxLayout(this);
    column->setSpacing(14);
    buildMachine(*column);
    buildSize(*column);
    buildDisks(*column);
    buildAccess(*column);
    buildLimits(*column);
    column->addStretch(1);
    setProvider("azure");
    onRegion();
    onChanged();
}

void MachineForm::setProvider(const std::string& provider)
{
    if (m_provider == provider) {
        return;
    }
    m_provider = provider;
    m_isFilling = true;
    m_image->clear();
    for (const cloud::CuratedImage& image : cloud::offeredImages(provider)) {
        m_image->addItem(QString::fromStdString(image.name), QString::fromStdString(image.id));
    }
    m_image->setToolTip(
        isGoogle() ? tr("Or project/family, or the path of an image of yours")
                   : tr("Or publisher:offer:sku:version, or the id of an image of yours"));
    m_osDiskKind->clear();
    for (const cloud::DiskKind& kind : cloud::diskKinds(provider)) {
        if (!kind.isDataOnly) {
            m_osDiskKind->addItem(tr(kind.label), QString::fromLatin1(kind.id));
        }
    }
    m_osDiskKind->setCurrentIndex(m_osDiskKind->findData(QString::fromLatin1(cloud::usualOsDiskKind(provider))));
    m_dataDisks->setProvider(provider);
    setAccelerators({});
    m_spot->setProvider(isGoogle());
    setFieldVisible("group", m_group, !isGoogle());
    setFieldVisible("gpu", m_gpus->parentWidget(), isGoogle());
    setFieldVisible("purpose", m_purpose, true);
    const int cluster = m_purpose->findData(static_cast<int>(Purpose::Cluster));
    if (isGoogle() && cluster >= 0) {
        m_purpose->removeItem(cluster); // clusters are made on Azure alone so far
    } else if (!isGoogle() && cluster < 0) {
        m_purpose->addItem(tr("Cluster: several equal machines"), static_cast<int>(Purpose::Cluster));
    }
    setFieldVisible("count", m_count, purpose() == Purpose::Cluster);
    m_isFilling = false;
}

void MachineForm::setFieldVisible(const char* name, QWidget* field, bool isVisible)
{
    auto* form = m_forms.at(name);
    for (int row = 0; row < form->rowCount(); ++row) {
        auto* item = form->itemAt(row, QFormLayout::FieldRole);
        if (item != nullptr && item->layout() != nullptr && item->layout()->indexOf(field) >= 0) {
            form->setRowVisible(row, isVisible);
        }
    }
}

void MachineForm::setPurpose(Purpose purpose)
{
    m_purpose->setCurrentIndex(std::max(0, m_purpose->findData(static_cast<int>(purpose))));
}

MachineForm::Purpose MachineForm::purpose() const
{
    return static_cast<Purpose>(m_purpose->currentData().toInt());
}

int MachineForm::nodeCount() const
{
    return purpose() == Purpose::Cluster ? m_count->value() : 1;
}

void MachineForm::onPurpose()
{
    const bool isCluster = purpose() == Purpose::Cluster;
    setFieldVisible("count", m_count, isCluster);
    m_budget->setEnabled(!isCluster); // each node would reckon its own
    showSizes();
}

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

void MachineForm::setRequest(const cloud::MachineRequest& request)
{
    if (!request.provider.empty()) {
        setProvider(request.provider);
    }
    m_name->setText(QString::fromStdString(request.name));
    if (!request.group.empty()) {
        m_group->setText(QString::fromStdString(request.group));
    }
    m_size->setText(QString::fromStdString(request.size));
    m_region->setCurrentText(QString::fromStdString(request.region));
    m_zone->setCurrentIndex(std::max(0, m_zone->findData(QString::fromStdString(request.zone))));
    m_spot->setRequest(request);
    QStringList tags;
    for (const auto& [name, value] : request.tags) {
        tags << QString::fromStdString(name + "=" + value);
    }
    m_tags->setText(tags.join(QStringLiteral(", ")));
    if (const int gpu = m_gpu->findData(QString::fromStdString(request.gpu)); gpu >= 0) {
        m_gpu->setCurrentIndex(gpu);
        m_gpus->setValue(static_cast<int>(request.gpus.value_or(1)));
    }
    if (!request.image.empty()) {
        const int known = m_image->findData(QString::fromStdString(request.image));
        known >= 0 ? m_image->setCurrentIndex(known) : m_image->setCurrentText(QString::fromStdString(request.image));
    }
    if (request.osDisk.sizeGiB) {
        m_osDisk->setValue(static_cast<int>(*request.osDisk.sizeGiB));
        m_osDiskKind->setCurrentIndex(std::max(0, m_osDiskKind->findData(QString::fromStdString(request.osDisk.kind))));
        m_idle->setValue(static_cast<int>(request.idleMinutes.value_or(0)));
        m_limit->setValue(static_cast<int>(request.hardLimitHours.value_or(0)));
        m_budget->setValue(request.budget.value_or(0));
        m_agentKeys->setTicked(request.moreKeys);
    }
    m_osDiskStays->setChecked(!request.osDisk.isDeletedWithMachine.value_or(true));
    m_publicIp->setChecked(request.hasPublicIp.value_or(true));
    m_dataDisks->setDisks(request.dataDisks);
    if (!request.user.empty()) {
        m_user->setText(QString::fromStdString(request.user));
    }
    QStringList blocks;
    for (const std::string& block : request.allowedFrom) {
        blocks << QString::fromStdString(block);
    }
    m_anyone->setChecked(blocks == QStringList{QString::fromLatin1(kEverybody)});
    if (!m_anyone->isChecked() && !blocks.isEmpty()) {
        m_allowed->setText(blocks.join(QStringLiteral(", ")));
    }
}

void MachineForm::setTakenNames(const QStringList& names)
{
    m_takenNames = names;
    onChanged();
}

bool MachineForm::mayAnyoneKnock() const
{
    return m_anyone->isChecked();
}

cloud::MachineRequest MachineForm::request() const
{
    cloud::MachineRequest request;
    request.provider = m_provider;
    request.account = m_basics.account;
    request.scope = m_basics.scope;
    if (!isGoogle()) {
        request.group = textOf(*m_group);
    }
    if (isGoogle() && !m_gpu->currentData().toString().isEmpty()) {
        request.gpu = m_gpu->currentData().toString().toStdString();
        request.gpus = m_gpus->value();
    }
    request.name = textOf(*m_name);
    request.region = m_region->currentText().trimmed().toStdString();
    request.zone = m_zone->currentData().toString().toStdString();
    request.size = textOf(*m_size);
    const int image = m_image->findText(m_image->currentText());
    request.image = (image >= 0 ? m_image->itemData(image).toString() : m_image->currentText().trimmed()).toStdString();
    const auto own = std::find_if(
        m_basics.images.begin(), m_basics.images.end(), [&](const OwnImage& each) { return each.id == request.image; });
    if (own != m_basics.images.end() && own->isSpecialized) {
        request.isImageSpecialized = true;
    }
    request.osDisk = {m_osDisk->value(), m_osDiskKind->currentData().toString().toStdString(), !m_osDiskStays->isChecked()};
    request.dataDisks = m_dataDisks->disks();
    request.hasPublicIp = m_publicIp->isChecked();
    request.user = textOf(*m_user);
    request.sshPublicKey = textOf(*m_key);
    if (m_anyone->isChecked()) {
        request.allowedFrom = {kEverybody};
    } else {
        for (const QString& block : m_allowed->text().split(QRegularExpression(QStringLiteral("[,;\\s]+")), Qt::SkipEmptyParts)) {
            request.allowedFrom.push_back(block.toStdString());
        }
    }
    m_spot->fill(request);
    request.moreKeys = m_agentKeys->ticked();
    request.tags = tags();
    if (m_idle->value() > 0) {
        request.idleMinutes = m_idle->value();
    }
    if (m_limit->value() > 0) {
        request.hardLimitHours = m_limit->value();
    }
    if (purpose() != Purpose::Cluster && m_budget->value() > 0) {
        request.budget = m_budget->value();
        request.listPrice = m_listPrice;
    }
    return request;
}

cloud::TextMap MachineForm::tags() const
{
    cloud::TextMap tags;
    for (const QString& pair : m_tags->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const int middle = static_cast<int>(pair.indexOf(QLatin1Char('=')));
        const QString name = middle < 0 ? QString() : pair.left(middle).trimmed();
        tags[name.toStdString()] = pair.mid(middle + 1).trimmed().toStdString();
    }
    return tags;
}

void MachineForm::setListPrice(const std::optional<double>& usdPerHour)
{
    if (usdPerHour != m_listPrice) {
        m_listPrice = usdPerHour;
        if (m_budget->value() > 0) {
            onChanged();
        }
    }
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
    if (!textOf(*m_size).starts_with("n1-")) {
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

void MachineForm::showNotes(const std::vector<std::string>& notes)
{
    QStringList lines;
    for (const std::string& note : notes) {
        lines << QString::fromStdString(note);
    }
    m_imageNotes->setText(lines.join(QLatin1Char('\n')));
    m_imageNotes->setVisible(!lines.isEmpty());
}

QString MachineForm::problemOf(const std::string& field) const
{
    const auto found = m_below.find(field);
    return found == m_below.end() ? QString() : found->second->text();
}

void MachineForm::showNearest()
{
    const auto& nearest = m_basics.nearRegion;
    const QString chosen = m_region->currentText().trimmed();
    const bool isWorthIt = nearest && QString::fromStdString(nearest->name) != chosen;
    m_nearest->setVisible(isWorthIt);
    if (isWorthIt) {
        m_nearest->setText(
            tr("Nearest: %1, about %2 km").arg(QString::fromStdString(nearest->name)).arg(nearest->kilometres, 0, 'f', 0));
        m_nearest->setToolTip(
            tr("To this computer, by its time zone %1. Press to choose it.").arg(QString::fromStdString(m_basics.timeZone)));
    }
}

void MachineForm::onRegion()
{
    showNearest();
    const QString name = m_region->currentText().trimmed();
    const auto region = std::find_if(m_basics.regions.begin(), m_basics.regions.end(), [&](const CloudRegion& known) {
        return QString::fromStdString(known.name) == name;
    });
    {
        const QSignalBlocker quiet(m_zone);
        const QString wanted = m_zone->currentData().toString();
        m_zone->clear();
        if (!isGoogle()) {
            m_zone->addItem(tr("wherever there is room"), QString());
        }
        if (region != m_basics.regions.end()) {
            for (const std::string& zone : region->zones) {
                m_zone->addItem(QString::fromStdString(zone), QString::fromStdString(zone));
            }
        }
        m_zone->setCurrentIndex(std::max(0, m_zone->findData(wanted)));
    }
    onChanged();
    if (region != m_basics.regions.end()) {
        emit sizesWanted(name, m_spot->isSpot());
    }
}

void MachineForm::onChanged()
{
    if (m_isFilling) {
        return;
    }
    std::map<std::string, QString> problems;
    const cloud::MachineRequest wanted = request();
    for (const cloud::FieldProblem& problem : cloud::problemsOf(wanted, m_anyone->isChecked())) {
        problems.emplace(problem.field, QString::fromStdString(problem.message));
    }
    if (m_takenNames.contains(m_name->text().trimmed(), Qt::CaseInsensitive)) {
        problems.emplace("name", tr("There is a machine of that name already."));
    }
    const QString name = m_region->currentText().trimmed();
    const bool isKnownRegion = std::any_of(m_basics.regions.begin(), m_basics.regions.end(), [&](const CloudRegion& region) {
        return QString::fromStdString(region.name) == name;
    });
    if (!isKnownRegion && !m_basics.regions.empty() && !name.isEmpty()) {
        problems.emplace("region", tr("The subscription knows no region of that name."));
    } else if (const QString obstacle = sizeObstacle(); !obstacle.isEmpty()) {
        problems.emplace("size", obstacle);
    }
    if (const QString obstacle = acceleratorObstacle(); !obstacle.isEmpty()) {
        problems.emplace("gpu", obstacle);
    }
    if (tags().contains(std::string())) {
        problems["tags"] = tr("Write tags as name=value, with commas between them.");
    }
    const int sizeRow = m_sizes->rowOf(m_size->text().trimmed());
    m_spot->setPrices(m_sizes->price(sizeRow, false), m_sizes->price(sizeRow, true));
    const OfferedSize* offered = m_sizes->sizeAt(sizeRow);
    const cloud::ImageFit fit = cloud::imageFit(wanted, offered == nullptr ? cloud::azure::VmSize() : offered->size);
    for (const cloud::FieldProblem& problem : fit.problems) {
        problems.emplace(problem.field, QString::fromStdString(problem.message));
    }
    const bool hasUsers = wanted.isImageSpecialized.value_or(false); // the image's own
    m_user->setEnabled(!hasUsers);
    m_key->setEnabled(!hasUsers);
    m_agentKeys->setEnabled(!hasUsers);
    showNotes(offered == nullptr ? std::vector<std::string>() : fit.notes);
    for (const auto& [field, below] : m_below) {
        const auto found = problems.find(field);
        below->setText(found == problems.end() ? QString() : found->second);
        below->setVisible(found != problems.end());
    }
    m_problems = static_cast<int>(problems.size());
    showWaysOut();
    m_data->setMachineRegion(name);
    suggestSize();
    emit changed();
}

} // namespace ty::app
