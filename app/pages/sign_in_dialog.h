#pragma once

#include <optional>

#include <QDialog>

#include "app/services/account_service.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTimer;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

class SecretsService;
class SignInForm;

/// Adds a cloud account, or signs one in again: its fields, then the code where a browser is wanted, then the choice among
/// subscriptions where there are several. Nothing is kept before the cloud took the sign-in.
class SignInDialog : public QDialog {
    Q_OBJECT
public:
    /// `again`: the account to sign in; nothing: a new one.
    SignInDialog(AccountService& accounts, SecretsService& secrets, const std::optional<Account>& again, QWidget* parent);

    SignInForm& form() { return *m_form; }

signals:
    void kept(const QString& name);

private:
    QWidget* makeCode();
    QWidget* makeScopes();
    void reject() override;
    void go();
    void onCode(const AccountService::Code& code);
    void showTimeLeft();
    void onSignedIn(const Result<SignedIn>& signedIn);
    void askForScope(const SignedIn& signedIn);
    void keep(const std::string& scope);
    void keepNow(const std::string& scope);
    void fail(const QString& happened, const Error& error);
    void showState();

    AccountService& m_accounts;
    SecretsService& m_secrets;
    SignInForm* m_form;
    QStackedWidget* m_stack;
    QLabel* m_codeText;
    QLabel* m_codeTime;
    QLabel* m_scopeLabel;
    QComboBox* m_scope;
    QLabel* m_where;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QPushButton* m_go;
    QTimer* m_second;
    AccountService::Code m_code;
    std::optional<SignedIn> m_signedIn;
};

} // namespace ty::app
