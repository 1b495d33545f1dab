#include "app/pages/add_store_dialog.h"

#include <algorithm>
#include <iterator>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "app/pages/passphrase_dialog.h"
#include "app/services/all_services.h"
#include "app/services/catalog_service.h"
#include "app/services/store_service.h"
#include "cloud/storage/store_address.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

using cloud::StoreAddress;
using cloud::StoreKind;

QString kindText(const StoreAddress& address)
{
    switch (address.kind) {
    case StoreKind::Blob: return AddStoreDialog::tr("Azure Blob storage");
    case StoreKind::Files: return AddStoreDialog::tr("Azure Files");
    case StoreKind::Google: return AddStoreDialog::tr("Google Cloud Storage");
    case StoreKind::Sftp: return AddStoreDialog::tr("A machine reached by SFTP");
    case StoreKind::Web: return AddStoreDialog::tr("A web address, for reading");
    case StoreKind::Local: return AddStoreDialog::tr("A folder of this computer");
    }
    return {};
}

QString authText(const StoreAddress& address)
{
    if (address.auth == "key") {
        return AddStoreDialog::tr("with its key");
    }
    if (address.auth == "sas") {
        return AddStoreDialog::tr("with a shared access signature");
    }
    return {};
}

/// A name that says which place it is: the last part of its address.
QString suggestedName(const StoreAddress& address)
{
    QString name = QString::fromStdString(address.uri()).section(u'/', -1, -1, QString::SectionSkipEmpty);
    name.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9._-]+")), QStringLiteral("-"));
    return name.left(64);
}

} // namespace

AddStoreDialog::AddStoreDialog(AppContext& context, SecretsService& secrets, QWidget* parent)
    : QDialog(parent)
    , m_stores(context.stores)
    , m_secrets(secrets)
    , m_address(new QLineEdit(this))
    , m_what(new QLabel(this))
    , m_byLabel(new QLabel(tr("&Opened by"), this))
    , m_by(new QComboBox(this))
    , m_secretLabel(new QLabel(tr("Key or signature"), this))
    , m_secret(new QLineEdit(this))
    , m_name(new QLineEdit(this))
    , m_where(new QLabel(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_add(nullptr)
{
    setWindowTitle(tr("Add a store"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(620);
    m_address->setObjectName(QStringLiteral("storeAddress"));
    m_address->setAccessibleName(tr("Address"));
    m_address->setPlaceholderText(tr("Paste an address, a connection string or a signed address; or az://ACCOUNT/CONTAINER"));
    m_address->setClearButtonEnabled(true);
    m_what->setObjectName(QStringLiteral("storeRecognised"));
    m_what->setWordWrap(true);
    widgets::setTextRole(*m_what, widgets::TextRole::Muted);
    m_secret->setObjectName(QStringLiteral("storeSecret"));
    m_secret->setAccessibleName(m_secretLabel->text());
    m_secret->setEchoMode(QLineEdit::Password);
    m_secret->setPlaceholderText(tr("Account key, connection string or signature; empty: anonymous"));
    m_secretLabel->setBuddy(m_secret);
    m_by->setObjectName(QStringLiteral("storeBy"));
    m_by->setAccessibleName(tr("Opened by"));
    m_byLabel->setBuddy(m_by);
    m_name->setObjectName(QStringLiteral("storeName"));
    m_name->setAccessibleName(tr("Name"));
    m_where->setWordWrap(true);
    m_where->setText(tr("The secret goes into the keychain. Where none runs you choose: an encrypted file, or memory until Trainyard ends."));
    widgets::setTextRole(*m_where, widgets::TextRole::Muted);
    m_error->hide();

    auto* form = new QFormLayout;
    form->addRow(tr("&Address"), m_address);
    form->addRow(QString(), m_what);
    form->addRow(m_byLabel, m_by);
    form->addRow(m_secretLabel, m_secret);
    form->addRow(tr("&Name here"), m_name);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_add = buttons->addButton(tr("Add"), QDialogButtonBox::AcceptRole);
    m_add->setObjectName(QStringLiteral("addStore"));
    widgets::makePrimary(*m_add);
    connect(buttons, &QDialogButtonBox::accepted, this, &AddStoreDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_where);
    layout->addWidget(m_error);
    layout->addWidget(buttons);
    connect(m_address, &QLineEdit::textChanged, this, &AddStoreDialog::recognise);
    connect(m_by, &QComboBox::currentIndexChanged, this, &AddStoreDialog::recognise);
    context.catalog.call(
        this,
        [](catalog::Catalog& catalog) {
            AccountBook book(catalog);
            return book.all();
        },
        [this](const Result<std::vector<Account>>& accounts) {
            m_accounts = accounts ? *accounts : std::vector<Account>(); // without them a key opens it
            m_provider.clear();
            recognise();
        });
    connect(m_name, &QLineEdit::textEdited, this, [this] {
        m_isNameTyped = !m_name->text().isEmpty();
        recognise();
    });
    recognise();
}

void AddStoreDialog::recognise()
{
    const QString text = m_address->text().trimmed();
    const auto address = cloud::parseStoreAddress(text.toStdString());
    const bool isAzure = address && (address->kind == StoreKind::Blob || address->kind == StoreKind::Files);
    const bool isBareKey = isAzure && address->account.empty();
    if (text.isEmpty()) {
        m_what->setText(tr("Azure, Google, SSH machines, web addresses and folders are told apart by themselves."));
    } else if (!address) {
        m_what->setText(QString::fromStdString(address.error().message + ". " + address.error().advice));
    } else if (isBareKey) {
        m_what->setText(tr("That is an account's key. Give the account here, az://ACCOUNT, and the key below."));
    } else {
        const QString with = authText(*address);
        m_what->setText(QStringLiteral("✓ %1: %2%3")
                            .arg(kindText(*address), QString::fromStdString(address->uri()),
                                 with.isEmpty() ? QString() : QStringLiteral(", ") + with));
    }
    // What was pasted may hold a key: it is not left readable on the screen.
    const bool isSecret = address && !address->secret.isEmpty();
    m_address->setEchoMode(isSecret ? QLineEdit::Password : QLineEdit::Normal);
    const bool isGoogle = address && address->kind == StoreKind::Google;
    const bool isKeyWanted = isAzure && !isBareKey && !isSecret;
    offerAccounts(isGoogle ? QStringLiteral("google") : isKeyWanted ? QStringLiteral("azure") : QString());
    const bool isAsked = isKeyWanted && m_by->currentData().toString().isEmpty();
    m_secretLabel->setVisible(isAsked);
    m_secret->setVisible(isAsked);
    if (!m_isNameTyped) {
        m_name->setText(address && !isBareKey ? suggestedName(*address) : QString());
    }
    m_add->setEnabled(address && !isBareKey && StoreBook::isStoreName(m_name->text().toStdString()));
}

void AddStoreDialog::offerAccounts(const QString& provider)
{
    if (provider != m_provider) {
        const QSignalBlocker quiet(m_by);
        const bool isGoogle = provider == QLatin1String("google");
        m_provider = provider;
        m_by->clear();
        if (!isGoogle) {
            m_by->addItem(tr("Its key or a signature"), QString());
        }
        // The sandbox, a place to try things, comes last; it serves buckets, and Azure's files by their key.
        std::vector<Account> fitting;
        std::copy_if(m_accounts.begin(), m_accounts.end(), std::back_inserter(fitting), [&](const Account& account) {
            return account.provider == provider.toStdString() && (isGoogle || !account.isSandbox());
        });
        std::stable_partition(fitting.begin(), fitting.end(), [](const Account& account) { return !account.isSandbox(); });
        for (const Account& account : fitting) {
            const QString name = QString::fromStdString(account.name);
            m_by->addItem(account.isSandbox() ? tr("Sandbox (this computer)") : tr("The sign-in of %1").arg(name), name);
        }
        if (isGoogle) {
            m_by->addItem(tr("Nobody: what everybody may read"), QString());
        }
    }
    const bool isOffered = !m_provider.isEmpty() && m_by->count() > 1;
    m_byLabel->setVisible(isOffered);
    m_by->setVisible(isOffered);
}

void AddStoreDialog::accept()
{
    if (!m_add->isEnabled()) {
        return;
    }
    const auto address = cloud::parseStoreAddress(m_address->text().trimmed().toStdString());
    const bool hasSecret = (address && !address->secret.isEmpty()) || (m_secret->isVisible() && !m_secret->text().isEmpty());
    if (hasSecret) {
        m_add->setEnabled(false);
        withSecrets(m_secrets, this, [this] { add(); }, [this] { recognise(); });
    } else {
        add();
    }
}

void AddStoreDialog::add()
{
    m_add->setEnabled(false);
    m_add->setText(tr("Looking…"));
    const QString name = m_name->text();
    const QString secret = m_secret->isVisible() ? m_secret->text() : QString();
    const QString account = m_by->isVisible() ? m_by->currentData().toString() : QString();
    m_stores.add(name, m_address->text(), {secret, account}, this, [this, name](const Result<void>& done) {
        m_add->setText(tr("Add"));
        recognise();
        if (done) {
            emit added(name);
            QDialog::accept();
            return;
        }
        m_error->setText(
            tr("%1 does not answer as it should.").arg(name), QString::fromStdString(done.error().message),
            QString::fromStdString(done.error().advice));
        m_error->show();
    });
}

} // namespace ty::app
