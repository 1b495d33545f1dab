#pragma once

#include <map>
#include <string>
#include <vector>

#include <QWidget>

#include "app/services/account_service.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;

namespace ty::widgets {
class CollapsibleSection;
}

namespace ty::app {

/// The fields of an account: which cloud, how it signs in, and what that way needs. Others are not shown.
class SignInForm : public QWidget {
    Q_OBJECT
public:
    explicit SignInForm(QWidget* parent = nullptr);

    /// An account that is to be signed in again: what it is stays, only what it needs anew is asked for.
    void setAccount(const Account& account);
    void setTakenNames(const QStringList& names);

    Account account() const;
    AccountService::Given given() const;
    /// Everything is there that can be known before the cloud is asked.
    bool isComplete() const { return m_isComplete; }
    /// The secret is not left on the screen.
    void clearSecret();
    void focusFirst();

signals:
    void changed();

private:
    QLineEdit* addLine(const char* field, const QString& label, const QString& placeholder, QFormLayout& form);
    QLineEdit* addFile(const char* field, const QString& label, const QString& filter, QFormLayout& form);
    void addRow(const char* field, const QString& label, QWidget* row, QWidget* focused, QFormLayout& form);
    void fillWays();
    void onChanged();
    std::string way() const;
    bool isGoogle() const;

    struct Row {
        QFormLayout* form = nullptr;
        QWidget* field = nullptr;
    };
    std::map<std::string, Row> m_rows;
    std::map<std::string, QLabel*> m_below;
    QStringList m_takenNames;
    Account m_again; ///< with a name: it is signed in again
    bool m_isComplete = false;

    QComboBox* m_cloud;
    QComboBox* m_way;
    QLabel* m_about;
    QLineEdit* m_name;
    QLineEdit* m_tenant;
    QLineEdit* m_clientId;
    QLineEdit* m_secret;
    QLineEdit* m_certificate;
    QLineEdit* m_keyFile;
    QLineEdit* m_project;
    widgets::CollapsibleSection* m_more;
    QLineEdit* m_management;
    QLineEdit* m_login;
    QLineEdit* m_caFile;
};

} // namespace ty::app
