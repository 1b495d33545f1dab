#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QWidget>

#include "cloud/provision/machine_request.h"

class QPushButton;
class QVBoxLayout;

namespace ty::app {

class DataDiskRow;

/// The data disks of a new machine: each with size, kind, what it can do, and whether it goes with the machine.
class DataDisksEditor : public QWidget {
    Q_OBJECT
public:
    explicit DataDisksEditor(QWidget* parent = nullptr);

    /// Whose kinds of disks there are to choose from. Kinds of another provider become the usual one.
    void setProvider(const std::string& provider);
    void setDisks(const std::vector<cloud::DiskRequest>& disks);
    std::vector<cloud::DiskRequest> disks() const;
    /// What each costs, in the order of disks(); nothing: not known.
    void setPerHour(const std::vector<std::optional<double>>& usd);

signals:
    void changed();

private:
    void add(const cloud::DiskRequest& disk);
    void remove(DataDiskRow* row);
    void renumber();

    std::string m_provider = "azure";
    std::vector<DataDiskRow*> m_rows;
    QVBoxLayout* m_column;
    QPushButton* m_add;
};

} // namespace ty::app
