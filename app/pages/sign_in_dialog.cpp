#include "app/pages/sign_in_dialog.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include "app/models/account_text.h"
#include "app/pages/dialog_size.h"
#include "app/pages/error_text.h"
#include "app/pages/passphrase_dialog.h"
#include "app/pages/sign_in_form.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kSecondMs = 1000;
constexpr double kCodeSize = 2.0; // times the usual text
enum StackPlace { FormPlace, CodePlace, ScopePlace };

} // namespace

SignInDialog::SignInDialog(
    AccountService& accounts, SecretsService& secrets, const std::optional<Account>& again, QWidget* parent)
    : QDialog(parent)
    , m_accounts(accounts)
    , m_secrets(secrets)
    , m_form(new SignInForm)
    , m_stack(new QStackedWidget(this))
    , m_codeText(new QLabel)
    , m_codeTime(new QLabel)
    , m_scopeLabel(new QLabel)
    , m_scope(new QComboBox)
    , m_where(new QLabel(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_go(nullptr)
    , m_second(new QTimer(this))
{
    setWindowTitle(again ? tr("Sign in to %1 again").arg(QString::fromStdString(again->name)) : tr("Add a cloud account"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(600);
    m_stack->addWidget(m_form);
    m_stack->addWidget(makeCode());
    m_stack->addWidget(makeScopes());
    m_where->setWordWrap(true);
    widgets::setTextRole(*m_where, widgets::TextRole::Muted);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_go = buttons->addButton(tr("Sign in"), QDialogButtonBox::AcceptRole);
    widgets::makePrimary(*m_go);
    connect(buttons, &QDialogButtonBox::accepted, this, &SignInDialog::go);
    connect(buttons, &QDialogButtonBox::rejected, this, &SignInDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(10);
    column->addWidget(m_stack, 1);
    column->addWidget(m_where);
    column->addWidget(m_busy);
    column->addWidget(m_error);
    column->addWidget(buttons);
    m_error->hide();
    m_busy->setIdle();
    m_busy->setCancellable(false); // the dialog's own button does it
    m_second->setInterval(kSecondMs);
    connect(m_second, &QTimer::timeout, this, &SignInDialog::showTimeLeft);
    if (again) {
        m_form->setAccount(*again);
    } else {
        QStringList taken;
        for (const auto& entry : m_accounts.accounts()) {
            taken << QString::fromStdString(entry.account.name);
        }
        m_form->setTakenNames(taken);
    }
    connect(m_form, &SignInForm::changed, this, &SignInDialog::showState);
    connect(m_form, &SignInForm::changed, this, [this] { growToFit(*this); });
    showState();
    m_form->focusFirst();
}

QWidget* SignInDialog::makeCode()
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 12, 0, 0);
    auto* what = new QLabel(tr("Open the page in any browser, sign in and type this code:"), page);
    what->setWordWrap(true);
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(this->font().pointSizeF() * kCodeSize);
    font.setBold(true);
    m_codeText->setFont(font);
    m_codeText->setAlignment(Qt::AlignCenter);
    m_codeText->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_codeTime->setAlignment(Qt::AlignCenter);
    m_codeTime->setWordWrap(true);
    m_codeTime->setTextFormat(Qt::PlainText);
    widgets::setTextRole(*m_codeTime, widgets::TextRole::Muted);
    auto* copy = new QPushButton(tr("Copy the code"), page);
    auto* open = new QPushButton(tr("Open the page"), page);
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_code.code); });
    connect(open, &QPushButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl(m_code.page)); });
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(copy);
    row->addWidget(open);
    row->addStretch(1);
    column->addWidget(what);
    column->addWidget(m_codeText);
    column->addLayout(row);
    column->addWidget(m_codeTime);
    column->addStretch(1);
    return page;
}

QWidget* SignInDialog::makeScopes()
{
    auto* page = new QWidget;
    auto* form = new QFormLayout(page);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto* what = new QLabel(tr("You are signed in. Where are machines made and counted?"), page);
    what->setWordWrap(true);
    form->addRow(what);
    m_scopeLabel->setBuddy(m_scope);
    form->addRow(m_scopeLabel, m_scope);
    return page;
}

void SignInDialog::reject()
{
    if (m_accounts.isBusy()) {
        m_accounts.cancel();
    }
    QDialog::reject();
}

void SignInDialog::showState()
{
    const bool isBusy = m_busy->isBusy();
    m_go->setEnabled(!isBusy && (m_stack->currentIndex() == ScopePlace || m_form->isComplete()));
    m_go->setText(m_stack->currentIndex() == ScopePlace ? tr("Save") : tr("Sign in"));
    m_form->setEnabled(!isBusy);
    const bool hasSecret = m_form->account().hasSecret();
    m_where->setVisible(hasSecret);
    m_where->setText(
        tr("What signs you in goes into the keychain. Where none runs you choose: a file that is encrypted with a passphrase of yours, "
           "or memory until Trainyard ends."));
}

void SignInDialog::go()
{
    if (!m_go->isEnabled()) {
        return;
    }
    m_error->hide();
    if (m_signedIn && m_stack->currentIndex() == ScopePlace) {
        keep(m_scope->currentData().toString().toStdString());
        return;
    }
    const Account account = m_form->account();
    m_busy->setBusy(tr("Signing in to %1…").arg(QString::fromStdString(account.name)));
    m_accounts.signIn(
        account, m_form->given(), this, [this](const AccountService::Code& code) { onCode(code); },
        [this](const Result<SignedIn>& signedIn) { onSignedIn(signedIn); });
    showState();
}

void SignInDialog::onCode(const AccountService::Code& code)
{
    m_code = code;
    m_codeText->setText(code.code);
    m_codeText->setAccessibleName(tr("Code %1").arg(code.code));
    m_stack->setCurrentIndex(CodePlace);
    m_busy->setBusy(tr("Waiting until you have signed in there…"));
    m_second->start();
    showTimeLeft();
}

void SignInDialog::showTimeLeft()
{
    const qint64 seconds = std::max<qint64>(0, QDateTime::currentDateTime().secsTo(m_code.expires));
    m_codeTime->setText(tr("%1\nThe code holds for %2 min %3 s.")
                            .arg(m_code.page)
                            .arg(seconds / 60)
                            .arg(seconds % 60, 2, 10, QLatin1Char('0')));
}

void SignInDialog::onSignedIn(const Result<SignedIn>& signedIn)
{
    m_second->stop();
    m_busy->setIdle();
    if (!signedIn) {
        m_stack->setCurrentIndex(FormPlace);
        fail(tr("%1 is not signed in.").arg(QString::fromStdString(m_form->account().name)), signedIn.error());
        return;
    }
    m_signedIn = *signedIn;
    const Account& account = signedIn->account;
    // What was typed holds; a key file's own project is only the first choice.
    const std::string typed = m_form->account().scope;
    if (const auto scope = ty::app::chooseScope(account, signedIn->scopes, typed)) {
        keep(*scope);
        return;
    }
    if (signedIn->scopes.empty()) {
        m_stack->setCurrentIndex(FormPlace);
        fail(
            account.isGoogle() ? tr("The sign-in works, but this account sees no project.")
                               : tr("The sign-in works, but this account sees no subscription."),
            {ErrorKind::Permission, "it has no role in any",
             account.isGoogle() ? "Ask the owner of one to give it the role Compute Admin there."
                                : "Ask the owner of one to give it the role Contributor there."});
        return;
    }
    askForScope(*signedIn);
}

void SignInDialog::askForScope(const SignedIn& signedIn)
{
    m_scope->clear();
    for (const AccountScope& scope : signedIn.scopes) {
        m_scope->addItem(scopeText(scope.name, scope.id), QString::fromStdString(scope.id));
    }
    m_scope->setCurrentIndex(std::max(0, m_scope->findData(QString::fromStdString(signedIn.account.scope))));
    const QString word = scopeWordText(signedIn.account);
    m_scope->setAccessibleName(word);
    m_scopeLabel->setText(QLatin1Char('&') + word);
    m_stack->setCurrentIndex(ScopePlace);
    m_scope->setFocus(Qt::OtherFocusReason);
    showState();
}

void SignInDialog::keep(const std::string& scope)
{
    if (m_signedIn->secret.isEmpty()) {
        keepNow(scope); // nothing of it is a secret
        return;
    }
    // Before the first secret is kept the person says where, if there is no keychain.
    m_busy->setBusy(tr("Looking where it can be kept…"));
    showState();
    withSecrets(
        m_secrets, this, [this, scope] { keepNow(scope); },
        [this] {
            m_busy->setIdle();
            showState();
        });
}

void SignInDialog::keepNow(const std::string& scope)
{
    m_busy->setBusy(tr("Keeping it in %1…").arg(m_accounts.secretPlace()));
    m_accounts.keep(*m_signedIn, scope, this, [this](const Result<void>& done) {
        m_busy->setIdle();
        if (!done) {
            fail(tr("The account could not be kept."), done.error());
            return;
        }
        m_form->clearSecret();
        emit kept(QString::fromStdString(m_signedIn->account.name));
        QDialog::accept();
    });
    showState();
}

void SignInDialog::fail(const QString& happened, const Error& error)
{
    if (error.kind != ErrorKind::Cancelled) {
        showError(*m_error, happened, error);
    }
    showState();
    growToFit(*this);
}

} // namespace ty::app
