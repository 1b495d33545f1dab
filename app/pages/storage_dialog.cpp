#include "app/pages/storage_dialog.h"

#include <algorithm>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/account_text.h"
#include "app/pages/error_text.h"
#include "app/pages/new_storage_dialog.h"
#include "app/pages/passphrase_dialog.h"
#include "app/pages/question_dialog.h"
#include "app/services/all_services.h"
#include "app/services/catalog_service.h"
#include "app/services/storage_service.h"
#include "cloud/provision/marks.h"
#include "widgets/busy_bar.h"
#include "widgets/column_widths.h"
#include "widgets/error_panel.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using cloud::azure::StorageAccount;

StorageDialog::StorageDialog(AppContext& context, SecretsService& secrets, StorageService& service, QWidget* parent)
    : QDialog(parent)
    , m_secrets(secrets)
    , m_service(service)
    , m_context(context)
    , m_account(new QComboBox(this))
    , m_model(new QStandardItemModel(this))
    , m_table(new QTableView(this))
    , m_empty(new QLabel(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_create(new QPushButton(tr("Create…"), this))
    , m_open(new QPushButton(tr("Open as a store"), this))
    , m_renew(new QPushButton(tr("New key…"), this))
    , m_remove(new QPushButton(tr("Delete…"), this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Storage accounts"));
    resize(820, 460);
    m_account->setAccessibleName(tr("Cloud account"));
    m_account->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_model->setHorizontalHeaderLabels({tr("Name"), tr("Region"), tr("Copies"), tr("Group"), tr("Made"), tr("By Trainyard")});
    widgets::setUpRows(*m_table, tr("Storage accounts"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setModel(m_model);
    widgets::setColumnLetters(*m_table, {26, 18, 18, 16, 12, 14});
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_empty->setText(tr("No storage account yet. One holds shares of files and containers of blobs, near the machines that train on them."));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    widgets::setTextRole(*m_empty, widgets::TextRole::Muted);
    m_error->setClosable(true);
    m_busy->setCancellable(false);
    m_error->hide();
    connect(m_error, &widgets::ErrorPanel::closed, m_error, &QWidget::hide);
    auto* top = new QHBoxLayout;
    auto* accountLabel = new QLabel(tr("Cloud &account"), this);
    accountLabel->setBuddy(m_account);
    top->addWidget(accountLabel);
    top->addWidget(m_account);
    top->addStretch(1);
    auto* actions = new QHBoxLayout;
    widgets::makePrimary(*m_create);
    for (QPushButton* button : {m_create, m_open, m_renew, m_remove}) {
        button->setAutoDefault(false);
        actions->addWidget(button);
    }
    actions->addStretch(1);
    auto* close = new QPushButton(tr("Close"), this);
    actions->addWidget(close);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* column = new QVBoxLayout(this);
    column->addLayout(top);
    column->addWidget(m_error);
    column->addWidget(m_busy);
    column->addWidget(m_table, 1);
    column->addWidget(m_empty, 1);
    column->addLayout(actions);
    m_open->setToolTip(tr("Its files become a place at the left; the key goes into the keychain"));
    connect(m_create, &QPushButton::clicked, this, &StorageDialog::create);
    connect(m_open, &QPushButton::clicked, this, &StorageDialog::openStore);
    connect(m_renew, &QPushButton::clicked, this, &StorageDialog::renewKey);
    connect(m_remove, &QPushButton::clicked, this, &StorageDialog::askToDelete);
    connect(m_account, &QComboBox::currentIndexChanged, this, &StorageDialog::reload);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &StorageDialog::onCurrent);
    connect(&m_service, &StorageService::changed, this, &StorageDialog::reload);
    connect(&m_service, &StorageService::opened, this, &QDialog::accept);
    connect(&m_service, &StorageService::refused, this, [this](const QString& what, const Error& error) {
        m_busy->setIdle();
        showError(*m_error, what, error);
    });
    m_empty->hide();
    onCurrent();
    readAccounts();
}

void StorageDialog::readAccounts()
{
    m_context.catalog.call(
        this,
        [](catalog::Catalog& catalog) {
            AccountBook book(catalog);
            return book.all();
        },
        [this](const Result<std::vector<Account>>& accounts) {
            for (const Account& each : accounts ? *accounts : std::vector<Account>()) {
                if (!each.isGoogle()) {
                    m_account->addItem(accountText(each), QString::fromStdString(each.name));
                }
            }
        });
}

QString StorageDialog::account() const
{
    return m_account->currentData().toString();
}

void StorageDialog::reload()
{
    if (account().isEmpty()) {
        return;
    }
    m_busy->setBusy(tr("Asking for storage accounts…"));
    m_service.list(account(), this, [this, asked = account()](const Result<StorageService::Accounts>& accounts) {
        if (asked != account()) {
            return; // another account is looked at by now
        }
        m_busy->setIdle();
        if (!accounts) {
            showError(*m_error, tr("The storage accounts cannot be read."), accounts.error());
            return;
        }
        fill(*accounts);
    });
}

void StorageDialog::fill(const std::vector<StorageAccount>& accounts)
{
    const StorageAccount* before = current();
    const std::string kept = before == nullptr ? std::string() : before->name;
    m_accounts = accounts;
    m_model->setRowCount(0);
    for (const StorageAccount& each : m_accounts) {
        const bool isOurs = each.tags.contains(cloud::kOperationTag);
        QList<QStandardItem*> row;
        for (const QString& text :
             {QString::fromStdString(each.name), QString::fromStdString(each.location), QString::fromStdString(each.redundancy),
              QString::fromStdString(cloud::azure::groupOfId(each.id)), QString::fromStdString(each.created).left(10),
              isOurs ? tr("yes") : tr("no")}) {
            row << new QStandardItem(text);
        }
        m_model->appendRow(row);
        if (each.name == kept) {
            m_table->selectRow(m_model->rowCount() - 1);
        }
    }
    m_table->setVisible(!m_accounts.empty());
    m_empty->setVisible(m_accounts.empty());
    onCurrent();
}

const StorageAccount* StorageDialog::current() const
{
    const int row = m_table->currentIndex().row();
    return row < 0 || row >= static_cast<int>(m_accounts.size()) ? nullptr : &m_accounts[static_cast<std::size_t>(row)];
}

void StorageDialog::onCurrent()
{
    const bool isChosen = current() != nullptr;
    m_open->setEnabled(isChosen);
    m_renew->setEnabled(isChosen);
    m_remove->setEnabled(isChosen);
}

void StorageDialog::create()
{
    auto* dialog = new NewStorageDialog(m_service, account(), this);
    connect(dialog, &NewStorageDialog::wanted, this, [this](const cloud::StorageRequest& request) {
        // The account's key is to be kept: where no keychain runs, the person is asked before anything is made.
        withSecrets(m_secrets, this, [this, request] {
            m_error->hide();
            m_busy->setBusy(tr("Creating %1… Activity shows how far it is.").arg(QString::fromStdString(request.name)));
            m_service.create(account(), request);
        });
    });
    dialog->open();
}

void StorageDialog::openStore()
{
    const StorageAccount storage = *current();
    const auto kind = storage.fileEndpoint.empty() ? cloud::StoreKind::Blob : cloud::StoreKind::Files;
    withSecrets(m_secrets, this, [this, storage, kind] { m_service.open(account(), storage, kind); });
}

void StorageDialog::renewKey()
{
    const StorageAccount storage = *current();
    const QString name = QString::fromStdString(storage.name);
    auto* question = new QuestionDialog(tr("Make a key of %1 anew?").arg(name), tr("Make it anew"), this);
    question->addText(tr("Whoever else holds the old key is locked out. Stores here are opened by the new one, and datasets go on."));
    auto* which = new QComboBox(question);
    which->addItems({QStringLiteral("key1"), QStringLiteral("key2")});
    question->addField(tr("&Key"), which);
    connect(question, &QDialog::accepted, this, [this, storage, which] {
        withSecrets(m_secrets, this, [this, storage, key = which->currentText()] { m_service.renewKey(account(), storage, key); });
    });
    question->ask();
}

void StorageDialog::askToDelete()
{
    const StorageAccount storage = *current();
    const QString name = QString::fromStdString(storage.name);
    auto* question = new QuestionDialog(tr("Delete %1?").arg(name), tr("Delete %1").arg(name), this);
    question->addText(tr("This destroys, and it cannot be taken back:"));
    question->addText(tr("  •  all shares with their folders and files\n  •  all containers with their blobs\n  •  both keys"));
    if (!storage.tags.contains(cloud::kOperationTag)) {
        question->addText(tr("Trainyard did not make it: others may use it."));
    }
    auto* typed = new QLineEdit(question);
    question->addField(tr("Type %1 to go on").arg(name), typed);
    question->go().setEnabled(false);
    connect(typed, &QLineEdit::textChanged, question, [question, name](const QString& text) {
        question->go().setEnabled(text == name);
    });
    connect(question, &QDialog::accepted, this, [this, storage] {
        m_busy->setBusy(tr("Deleting %1…").arg(QString::fromStdString(storage.name)));
        m_service.remove(account(), storage);
    });
    question->ask(typed);
}

} // namespace ty::app
