#pragma once

#include <QDialog>
#include <QString>

#include "cloud/provision/azure_storage.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ty::app {

class StorageService;

/// What a new storage account shall be: name, region, copies, group; with what is known of its price.
class NewStorageDialog : public QDialog {
    Q_OBJECT
public:
    /// `service` outlives it.
    NewStorageDialog(StorageService& service, const QString& account, QWidget* parent = nullptr);

signals:
    void wanted(const ty::cloud::StorageRequest& request);

private:
    cloud::StorageRequest request() const;
    void judge();

    QLineEdit* m_name;
    QComboBox* m_region;
    QComboBox* m_redundancy;
    QLineEdit* m_group;
    QLabel* m_problem;
    QPushButton* m_create;
};

} // namespace ty::app
