#pragma once

#include <optional>

#include <QWidget>

#include "cloud/provision/cost.h"

class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace ty::app {

/// What a month costs when the machine is on for some hours on some days, with traffic out of the cloud.
class MonthEstimate : public QWidget {
    Q_OBJECT
public:
    explicit MonthEstimate(QWidget* parent = nullptr);

    /// Nothing: it is not known, or is being read.
    void setCost(const std::optional<cloud::CostTable>& cost);
    /// Price of the traffic that is asked for; nothing: not known.
    void setTraffic(const std::optional<double>& perMonth);
    /// GiB a month that leave the cloud.
    int trafficGiB() const;
    QString text() const;

signals:
    void trafficChanged();

private:
    void showSum();

    std::optional<cloud::CostTable> m_table;
    std::optional<double> m_trafficCost;
    QDoubleSpinBox* m_hours;
    QSpinBox* m_days;
    QSpinBox* m_traffic;
    QLabel* m_sum;
};

} // namespace ty::app
