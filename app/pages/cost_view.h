#pragma once

#include <optional>

#include <QWidget>

#include "cloud/provision/cost.h"

class QLabel;
class QStandardItemModel;
class QTableView;

namespace ty::app {

/// What a machine costs while it is on and while it is off: each part, then the sums per hour, day and month. What is not
/// known says "unknown"; a sum with such a part says what it is at least.
class CostView : public QWidget {
    Q_OBJECT
public:
    explicit CostView(QWidget* parent = nullptr);

    void show(const cloud::CostTable& cost);
    /// Instead of numbers: "Reading the price list…", or why there are none.
    void showText(const QString& text);
    QTableView* table() const { return m_table; }

private:
    QStandardItemModel* m_model;
    QTableView* m_table;
    QLabel* m_below;
};

/// "0.6120 USD"; "at least 0.5260 USD" when a part of the sum is not known; "unknown" when nothing is.
QString sumText(const std::optional<double>& sum, double known, const std::string& currency);

} // namespace ty::app
