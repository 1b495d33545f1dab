#pragma once

#include <functional>

#include <QDialog>

#include "app/provisioning/secrets_choice.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

class SecretsService;

/// Asks for the passphrase of the encrypted file of secrets where no keychain runs: a new one, typed twice, or the one that
/// opens it. Accepted once the file is open, or once the person has said that nothing shall be written.
class PassphraseDialog : public QDialog {
    Q_OBJECT
public:
    PassphraseDialog(SecretsService& secrets, SecretsNeed need, QWidget* parent);

private:
    void check();
    void go();
    void keepForSession();

    SecretsService& m_secrets;
    bool m_isNew;
    QLineEdit* m_passphrase;
    QLineEdit* m_again;
    QLabel* m_below;
    QCheckBox* m_isShown;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QPushButton* m_session;
    QPushButton* m_go;
};

/// Calls `then` once secrets can be read and kept: at once where a keychain works, else after the person has answered; or
/// `otherwise`, if there is one, when the person cancels.
void withSecrets(
    SecretsService& secrets, QWidget* parent, std::function<void()> then, std::function<void()> otherwise = {});

} // namespace ty::app
