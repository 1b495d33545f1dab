#include "app/pages/machine_form.h"

#include <algorithm>
#include <array>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
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

void MachineForm::setNodeCount(int count)
{
    m_count->setValue(count);
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

void MachineForm::setTakenNames(const QStringList& names)
{
    m_takenNames = names;
    onChanged();
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
