#pragma once

#include <vector>

#include <QDialog>
#include <QString>

#include "app/provisioning/account.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ty::widgets {
class ErrorPanel;
}

namespace ty::app {

struct AppContext;
class SecretsService;
class StoreService;

/// Adds a store: one line takes whatever was copied in a portal or terminal and says what it is; a key is asked for only where
/// the line has none. The place is looked at before it is kept.
class AddStoreDialog : public QDialog {
    Q_OBJECT
public:
    /// Both outlive this.
    AddStoreDialog(AppContext& context, SecretsService& secrets, QWidget* parent = nullptr);

signals:
    void added(const QString& name);

private:
    void recognise();
    void accept() override;
    void add();
    /// Offers the accounts of the cloud in which the place lies.
    void offerAccounts(const QString& provider);

    StoreService& m_stores;
    SecretsService& m_secrets;
    std::vector<Account> m_accounts;
    QString m_provider; ///< whose accounts are offered
    QLineEdit* m_address;
    QLabel* m_what;
    QLabel* m_byLabel;
    QComboBox* m_by; ///< by what it is opened; the data is an account's name, empty for a key
    QLabel* m_secretLabel;
    QLineEdit* m_secret;
    QLineEdit* m_name;
    QLabel* m_where;
    widgets::ErrorPanel* m_error;
    QPushButton* m_add;
    bool m_isNameTyped = false;
};

} // namespace ty::app
