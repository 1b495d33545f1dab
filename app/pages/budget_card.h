#pragma once

#include <QFrame>

#include "app/provisioning/budgets.h"

class QDoubleSpinBox;
class QLabel;

namespace ty::app {

struct AppContext;
class BurnService;

/// Settings of what clouds may cost: the month's budget, and whether machines that are off and still billed are released.
class BudgetCard : public QFrame {
    Q_OBJECT
public:
    explicit BudgetCard(AppContext& context, QWidget* parent = nullptr);

private:
    void read();
    void write();
    void showSpent();

    AppContext& m_context;
    BurnService& m_burn;
    QDoubleSpinBox* m_month;
    QLabel* m_spent;
    Budgets m_budgets;
};

} // namespace ty::app
