// The form's fields as the request of a machine, and back.
#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSpinBox>

#include "app/pages/agent_keys_box.h"
#include "app/pages/data_disks_editor.h"
#include "app/pages/machine_form.h"
#include "app/pages/spot_fields.h"

namespace ty::app {

namespace {

constexpr const char* kEverybody = "0.0.0.0/0";

std::string lineText(const QLineEdit& line)
{
    return line.text().trimmed().toStdString();
}

} // namespace

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
        request.group = lineText(*m_group);
    }
    if (isGoogle() && !m_gpu->currentData().toString().isEmpty()) {
        request.gpu = m_gpu->currentData().toString().toStdString();
        request.gpus = m_gpus->value();
    }
    request.name = lineText(*m_name);
    request.region = m_region->currentText().trimmed().toStdString();
    request.zone = m_zone->currentData().toString().toStdString();
    request.size = lineText(*m_size);
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
    request.user = lineText(*m_user);
    request.sshPublicKey = lineText(*m_key);
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

} // namespace ty::app
