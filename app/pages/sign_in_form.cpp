#include "app/pages/sign_in_form.h"

#include <algorithm>
#include <array>

#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "app/models/account_text.h"
#include "widgets/collapsible_section.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr std::array kAzureWays{"device-code", "secret", "certificate", "cli", "managed-identity"};
constexpr std::array kGoogleWays{"service-account", "default", "cli"};

QString aboutOf(const std::string& way, bool isGoogle)
{
    return way == "device-code" ? SignInForm::tr("You type a code in any browser, also on another device, and sign in there.")
        : way == "secret"       ? SignInForm::tr("For an app registration that has a role in the subscription.")
        : way == "certificate"  ? SignInForm::tr("A PEM file with the private key and its certificate, one after the other.")
        : way == "managed-identity"
        ? SignInForm::tr("Trainyard runs on a machine of Azure that has an identity. Nothing has to be typed.")
        : way == "service-account" ? SignInForm::tr("The JSON key file of a service account that may manage Compute Engine.")
        : way == "default"
        ? SignInForm::tr("What GOOGLE_APPLICATION_CREDENTIALS or \"gcloud auth application-default login\" left on this computer.")
        : isGoogle ? SignInForm::tr("Uses the sign-in of the gcloud program on this computer (\"gcloud auth login\").")
                   : SignInForm::tr("Uses the sign-in of the az program on this computer (\"az login\").");
}

std::string textOf(const QLineEdit& line)
{
    return line.text().trimmed().toStdString();
}

} // namespace

SignInForm::SignInForm(QWidget* parent)
    : QWidget(parent)
    , m_cloud(new QComboBox(this))
    , m_way(new QComboBox(this))
    , m_about(new QLabel(this))
    , m_more(new widgets::CollapsibleSection(tr("Other addresses"), this))
{
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_cloud->addItem(tr("Microsoft Azure"), QStringLiteral("azure"));
    m_cloud->addItem(tr("Google Cloud"), QStringLiteral("google"));
    addRow("provider", tr("&Cloud"), m_cloud, m_cloud, *form);
    addRow("signIn", tr("&How to sign in"), m_way, m_way, *form);
    m_about->setWordWrap(true);
    widgets::setTextRole(*m_about, widgets::TextRole::Muted);
    form->addRow(QString(), m_about);
    m_name = addLine("name", tr("&Name here"), tr("as you call it, for example Research"), *form);
    m_tenant = addLine("tenant", tr("&Tenant"), {}, *form);
    m_clientId = addLine("clientId", tr("Client &id"), {}, *form);
    m_secret = addLine("secret", tr("Client &secret"), {}, *form);
    m_secret->setEchoMode(QLineEdit::Password);
    m_certificate = addFile("certificate", tr("C&ertificate file"), tr("PEM files (*.pem);;All files (*)"), *form);
    m_keyFile = addFile("keyFile", tr("&Key file"), tr("JSON files (*.json);;All files (*)"), *form);
    m_project = addLine("scope", tr("&Project"), {}, *form);

    auto* more = new QWidget(this);
    auto* moreForm = new QFormLayout(more);
    moreForm->setContentsMargins(0, 0, 0, 0);
    moreForm->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_management = addLine("managementUrl", tr("&Management address"), {}, *moreForm);
    m_login = addLine("loginUrl", tr("Sign-in &address"), QStringLiteral("https://login.microsoftonline.com"), *moreForm);
    m_caFile = addFile("caFile", tr("Certificate a&uthority"), tr("PEM files (*.pem *.crt);;All files (*)"), *moreForm);
    m_more->setContent(more);
    m_more->setNote(tr("of a sovereign or private cloud"));
    connect(m_more, &widgets::CollapsibleSection::toggled, this, &SignInForm::changed);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(form);
    column->addWidget(m_more);
    column->addStretch(1);
    connect(m_cloud, &QComboBox::currentIndexChanged, this, &SignInForm::fillWays);
    connect(m_way, &QComboBox::currentIndexChanged, this, &SignInForm::onChanged);
    fillWays();
}

void SignInForm::addRow(const char* field, const QString& label, QWidget* row, QWidget* focused, QFormLayout& form)
{
    auto* caption = new QLabel(label, this);
    caption->setBuddy(focused);
    focused->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    auto* together = new QWidget(this);
    auto* column = new QVBoxLayout(together);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(row);
    auto* below = new QLabel(together);
    below->setWordWrap(true);
    below->hide();
    widgets::setTextRole(*below, widgets::TextRole::Muted);
    column->addWidget(below);
    form.addRow(caption, together);
    m_rows[field] = {&form, together};
    m_below[field] = below;
}

QLineEdit* SignInForm::addLine(const char* field, const QString& label, const QString& placeholder, QFormLayout& form)
{
    auto* line = new QLineEdit(this);
    line->setPlaceholderText(placeholder);
    addRow(field, label, line, line, form);
    connect(line, &QLineEdit::textChanged, this, &SignInForm::onChanged);
    return line;
}

QLineEdit* SignInForm::addFile(const char* field, const QString& label, const QString& filter, QFormLayout& form)
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* line = new QLineEdit(row);
    auto* choose = new QPushButton(tr("Choose…"), row);
    const QString name = QString(label).remove(QLatin1Char('&'));
    choose->setAccessibleName(tr("Choose the %1").arg(name.toLower()));
    layout->addWidget(line, 1);
    layout->addWidget(choose);
    addRow(field, label, row, line, form);
    connect(line, &QLineEdit::textChanged, this, &SignInForm::onChanged);
    connect(choose, &QPushButton::clicked, this, [this, line, name, filter] {
        auto* dialog = new QFileDialog(this, name, line->text(), filter);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, line, &QLineEdit::setText);
        dialog->open();
    });
    return line;
}

void SignInForm::fillWays()
{
    {
        const QSignalBlocker quiet(m_way);
        m_way->clear();
        const auto add = [this](const char* way) {
            m_way->addItem(signInText(way, isGoogle()), QString::fromLatin1(way));
        };
        if (isGoogle()) {
            std::for_each(kGoogleWays.begin(), kGoogleWays.end(), add);
        } else {
            std::for_each(kAzureWays.begin(), kAzureWays.end(), add);
        }
    }
    m_management->setPlaceholderText(
        isGoogle() ? QStringLiteral("https://compute.googleapis.com") : QStringLiteral("https://management.azure.com"));
    onChanged();
}

bool SignInForm::isGoogle() const
{
    return m_cloud->currentData().toString() == QLatin1String("google");
}

std::string SignInForm::way() const
{
    return m_way->currentData().toString().toStdString();
}

void SignInForm::setAccount(const Account& account)
{
    m_cloud->setCurrentIndex(m_cloud->findData(QString::fromStdString(account.provider)));
    m_way->setCurrentIndex(m_way->findData(QString::fromStdString(account.signIn)));
    m_name->setText(QString::fromStdString(account.name));
    m_tenant->setText(QString::fromStdString(account.tenant));
    m_clientId->setText(QString::fromStdString(account.clientId));
    m_project->setText(QString::fromStdString(account.isGoogle() ? account.scope : std::string()));
    m_management->setText(QString::fromStdString(account.managementUrl));
    m_login->setText(QString::fromStdString(account.loginUrl));
    m_caFile->setText(QString::fromStdString(account.caFile));
    m_again = account;
    for (auto* choice : {m_cloud, m_way}) {
        choice->setEnabled(false);
    }
    m_name->setEnabled(false);
    onChanged();
}

void SignInForm::setTakenNames(const QStringList& names)
{
    m_takenNames = names;
    onChanged();
}

Account SignInForm::account() const
{
    Account account = m_again;
    account.name = textOf(*m_name);
    account.provider = m_cloud->currentData().toString().toStdString();
    account.signIn = way();
    const auto has = [this](const char* field) { return m_rows.at(field).form->isRowVisible(m_rows.at(field).field); };
    account.tenant = has("tenant") ? textOf(*m_tenant) : std::string();
    account.clientId = has("clientId") ? textOf(*m_clientId) : std::string();
    account.managementUrl = textOf(*m_management);
    account.loginUrl = has("loginUrl") ? textOf(*m_login) : std::string();
    account.caFile = textOf(*m_caFile);
    if (isGoogle()) {
        account.scope = textOf(*m_project);
    }
    return account;
}

AccountService::Given SignInForm::given() const
{
    const std::string chosen = way();
    if (chosen == "secret") {
        return {cloud::Secret(m_secret->text().toStdString()), {}};
    }
    return {{}, chosen == "certificate" ? m_certificate->text() : chosen == "service-account" ? m_keyFile->text() : QString()};
}

void SignInForm::clearSecret()
{
    m_secret->clear();
}

void SignInForm::focusFirst()
{
    (m_again.name.empty() ? static_cast<QWidget*>(m_cloud) : m_secret)->setFocus(Qt::OtherFocusReason);
}

void SignInForm::onChanged()
{
    const std::string chosen = way();
    const bool isPrincipal = chosen == "secret" || chosen == "certificate";
    const auto show = [this](const char* field, bool isShown) {
        m_rows.at(field).form->setRowVisible(m_rows.at(field).field, isShown);
    };
    show("tenant", isPrincipal || chosen == "device-code" || (!isGoogle() && chosen == "cli"));
    show("clientId", isPrincipal || chosen == "managed-identity");
    show("secret", chosen == "secret");
    show("certificate", chosen == "certificate");
    show("keyFile", chosen == "service-account");
    show("scope", isGoogle());
    show("loginUrl", isPrincipal || chosen == "device-code");
    m_about->setText(aboutOf(chosen, isGoogle()));
    m_tenant->setPlaceholderText(isPrincipal ? tr("id or domain, for example contoso.onmicrosoft.com") : tr("any; or an id or domain"));
    m_clientId->setPlaceholderText(isPrincipal ? QString() : tr("the machine's own; or of a user-assigned identity"));
    m_project->setPlaceholderText(chosen == "service-account" ? tr("the key file's own, or chosen after signing in") : tr("chosen after signing in; or its id"));

    const Account now = account();
    const AccountService::Given gift = given();
    for (const auto& [field, below] : m_below) {
        below->hide();
    }
    const auto tell = [this](const std::string& field, const QString& text) {
        m_below.at(field)->setText(text);
        m_below.at(field)->show();
    };
    m_isComplete = true;
    if (m_again.name.empty() && m_takenNames.contains(m_name->text().trimmed())) {
        tell("name", tr("There is an account of that name already."));
        m_isComplete = false;
    } else if (const auto missing = missingOf(now, !gift.secret.isEmpty() || !gift.file.isEmpty())) {
        const bool isSecret = missing->field == "secret";
        tell(isSecret && chosen == "certificate" ? "certificate" : isSecret && chosen == "service-account" ? "keyFile" : missing->field,
             QString::fromStdString(missing->message));
        m_isComplete = false;
    }
    emit changed();
}

} // namespace ty::app
