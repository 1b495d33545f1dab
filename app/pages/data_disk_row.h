#pragma once

#include <optional>
#include <string>

#include <QWidget>

#include "cloud/provision/machine_request.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;
class QToolButton;

namespace ty::app {

/// One data disk of a new machine.
class DataDiskRow : public QWidget {
    Q_OBJECT
public:
    DataDiskRow(const std::string& provider, const cloud::DiskRequest& disk, QWidget* parent = nullptr);

    void setProvider(const std::string& provider);
    void setNumber(int number); ///< from 1, for those who hear the window
    cloud::DiskRequest disk() const;
    /// What it costs; nothing: not known.
    void setPerHour(const std::optional<double>& usd);

signals:
    void changed();
    void removed();

private:
    void describe();

    std::string m_provider;
    std::optional<double> m_perHour;
    bool m_isPriced = false; ///< the price list has answered, for its size and kind as they are
    QSpinBox* m_size;
    QComboBox* m_kind;
    QCheckBox* m_goesToo;
    QToolButton* m_remove;
    QLabel* m_words;
};

} // namespace ty::app
