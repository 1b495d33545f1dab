#pragma once

#include <optional>

#include <QWidget>

#include "cloud/provision/machine_request.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;

namespace ty::app {

/// Whether a machine is a spot machine; if so, what becomes of it when it is taken away, what it may cost, and what that saves.
class SpotFields : public QWidget {
    Q_OBJECT
public:
    explicit SpotFields(QWidget* parent = nullptr);

    void setProvider(bool isGoogle);
    /// Per hour in USD of the chosen size; nothing: not known.
    void setPrices(const std::optional<double>& regular, const std::optional<double>& spot);
    void setRequest(const cloud::MachineRequest& request);
    void fill(cloud::MachineRequest& request) const;
    bool isSpot() const;

signals:
    void changed();
    void spotToggled(bool isSpot);

private:
    void showDetails();

    bool m_isGoogle = false;
    std::optional<double> m_regular;
    std::optional<double> m_spot;
    QCheckBox* m_on;
    QWidget* m_details;
    QComboBox* m_eviction;
    QDoubleSpinBox* m_maxPrice;
    QLabel* m_note;
};

} // namespace ty::app
