#include "app/pages/new_storage_dialog.h"

#include <algorithm>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/services/storage_service.h"
#include "widgets/theme/roles.h"

namespace ty::app {

NewStorageDialog::NewStorageDialog(StorageService& service, const QString& account, QWidget* parent)
    : QDialog(parent)
    , m_name(new QLineEdit(this))
    , m_region(new QComboBox(this))
    , m_redundancy(new QComboBox(this))
    , m_group(new QLineEdit(QString::fromStdString(cloud::StorageRequest().group), this))
    , m_problem(new QLabel(this))
    , m_create(nullptr)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("New storage account"));
    setMinimumWidth(520);
    m_name->setPlaceholderText(tr("3 to 24 small letters and digits, nobody else's in the world"));
    m_name->setAccessibleName(tr("Name of the storage account"));
    m_region->setAccessibleName(tr("Region"));
    m_region->addItem(tr("Asking for regions…"));
    m_region->setEnabled(false);
    m_redundancy->setAccessibleName(tr("Copies"));
    for (const auto& [name, words] : cloud::storageRedundancies()) {
        m_redundancy->addItem(QStringLiteral("%1: %2").arg(QString::fromStdString(name), QString::fromStdString(words)), QString::fromStdString(name));
    }
    m_group->setAccessibleName(tr("Resource group"));
    widgets::setTextRole(*m_problem, widgets::TextRole::Warn);
    m_problem->setWordWrap(true);
    auto* form = new QFormLayout;
    form->addRow(tr("&Name"), m_name);
    form->addRow(tr("&Region"), m_region);
    form->addRow(tr("&Copies"), m_redundancy);
    form->addRow(tr("Resource &group"), m_group);
    auto* price = new QLabel(QString::fromStdString(cloud::storagePriceWords()), this);
    price->setWordWrap(true);
    widgets::setTextRole(*price, widgets::TextRole::Muted);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_create = buttons->addButton(tr("Create"), QDialogButtonBox::AcceptRole);
    m_create->setObjectName(QStringLiteral("createStorage"));
    widgets::makePrimary(*m_create);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        emit wanted(request());
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->addLayout(form);
    column->addWidget(m_problem);
    column->addWidget(price);
    column->addWidget(buttons);
    connect(m_name, &QLineEdit::textChanged, this, &NewStorageDialog::judge);
    connect(m_group, &QLineEdit::textChanged, this, &NewStorageDialog::judge);
    connect(m_region, &QComboBox::currentIndexChanged, this, &NewStorageDialog::judge);
    service.regions(account, this, [this](const Result<std::vector<CloudRegion>>& regions) {
        m_region->clear();
        if (!regions) {
            m_region->addItem(QString::fromStdString(regions.error().message));
            return;
        }
        for (const CloudRegion& region : *regions) {
            m_region->addItem(QString::fromStdString(region.displayName), QString::fromStdString(region.name));
        }
        m_region->setCurrentIndex(std::max(0, m_region->findData(QStringLiteral("westeurope"))));
        m_region->setEnabled(true);
        judge();
    });
    judge();
}

cloud::StorageRequest NewStorageDialog::request() const
{
    cloud::StorageRequest request;
    request.name = m_name->text().trimmed().toStdString();
    request.group = m_group->text().trimmed().toStdString();
    request.region = m_region->currentData().toString().toStdString();
    request.redundancy = m_redundancy->currentData().toString().toStdString();
    return request;
}

void NewStorageDialog::judge()
{
    const auto done = checkRequest(request());
    m_create->setEnabled(done && !m_group->text().trimmed().isEmpty());
    const bool isSaid = !done && !m_name->text().isEmpty() && m_region->isEnabled();
    m_problem->setText(isSaid ? QString::fromStdString(done.error().message + ". " + done.error().advice) : QString());
    m_problem->setVisible(isSaid);
}

} // namespace ty::app
