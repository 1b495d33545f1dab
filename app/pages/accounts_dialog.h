#pragma once

#include <functional>
#include <optional>

#include <QDialog>

#include "app/services/account_service.h"

class QLabel;
class QPushButton;
class QStandardItemModel;
class QTableView;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

class SecretsService;

/// The cloud accounts: how each signs in and whether its cloud takes that; to add, test, rename and forget them.
class AccountsDialog : public QDialog {
    Q_OBJECT
public:
    AccountsDialog(AccountService& accounts, SecretsService& secrets, QWidget* parent);

private:
    QWidget* makeButtons();
    QPushButton* addButton(QWidget& side, const QString& text, std::function<void()> press);
    void fill();
    void showCurrent();
    void choose(const QString& name);
    std::optional<AccountService::Entry> current() const;
    void signIn(const std::optional<Account>& again);
    void test();
    void askForScope();
    void chooseAmong(const Account& account, const std::vector<AccountScope>& scopes);
    void askForName();
    void askToSignOut();
    void askToForget();
    void confirmForgetting(const Account& account, const Result<AccountUse>& use);
    /// Shows what goes on until the returned call is made with its end; `failed`: a sentence.
    AccountService::Then<void> doing(const QString& words, const QString& failed, std::function<void()> after);

    AccountService& m_accounts;
    SecretsService& m_secrets;
    QStandardItemModel* m_model;
    QTableView* m_table;
    QLabel* m_about;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QPushButton* m_add = nullptr;
    QPushButton* m_test = nullptr;
    QPushButton* m_again = nullptr;
    QPushButton* m_scope = nullptr;
    QPushButton* m_rename = nullptr;
    QPushButton* m_signOut = nullptr;
    QPushButton* m_forget = nullptr;
    QPushButton* m_unlock = nullptr;
    QString m_wanted; ///< the account to be in front once it is there
    QString m_told;   ///< what a test said ...
    QString m_toldOf; ///< ... of this account
};

} // namespace ty::app
