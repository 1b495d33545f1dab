#pragma once

#include <vector>

#include <QDialog>
#include <QString>

#include "cloud/azure/storage_account.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStandardItemModel;
class QTableView;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class SecretsService;
class StorageService;

/// The storage accounts of a cloud account: created, opened as stores, given a new key, deleted.
class StorageDialog : public QDialog {
    Q_OBJECT
public:
    /// All outlive it.
    StorageDialog(AppContext& context, SecretsService& secrets, StorageService& service, QWidget* parent = nullptr);

private:
    void readAccounts();
    void reload();
    void fill(const std::vector<cloud::azure::StorageAccount>& accounts);
    void onCurrent();
    const cloud::azure::StorageAccount* current() const;
    void create();
    void openStore();
    void renewKey();
    void askToDelete();
    QString account() const;

    SecretsService& m_secrets;
    StorageService& m_service;
    AppContext& m_context;
    QComboBox* m_account;
    QStandardItemModel* m_model;
    QTableView* m_table;
    QLabel* m_empty;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QPushButton* m_create;
    QPushButton* m_open;
    QPushButton* m_renew;
    QPushButton* m_remove;
    std::vector<cloud::azure::StorageAccount> m_accounts;
};

} // namespace ty::app
