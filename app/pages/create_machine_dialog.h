#pragma once

#include <optional>

#include <QDialog>

#include "cloud/provision/cost.h"
#include "cloud/provision/machine_request.h"
#include "engine/base/result.h"

class QLabel;
class QPushButton;
class QTimer;

namespace ty::widgets {
class ErrorPanel;
}

namespace ty::cloud {
struct CostTable;
}

namespace ty::app {

struct AppContext;
class CostView;
class MachineCheckView;
class MachineForm;
class MachineService;
class MonthEstimate;

/// A new machine: its fields at the left, what it costs at the right as one changes them, and Create once all is well.
class CreateMachineDialog : public QDialog {
    Q_OBJECT
public:
    /// `like`: the fields begin as that machine's ("Duplicate").
    CreateMachineDialog(
        AppContext& context, MachineService& machines, const cloud::MachineRequest& like, QWidget* parent);

    MachineForm& form() { return *m_form; }

private:
    QString keyOf(const char* key) const;
    QWidget* makeSide();
    void askBasics();
    void askSizes(const QString& region, bool isSpot);
    void askSizePrices(const QString& region);
    void askData();
    void askDataRegion(const QString& address);
    /// Puts into the form what can be had instead of what was chosen.
    enum class Switch { Region, Size };
    void switchTo(Switch what);
    void requestQuota();
    void askCost();
    void askTraffic();
    void validate();
    void onChanged();
    void create();
    void begin(const cloud::MachineRequest& request);

    AppContext& m_context;
    MachineService& m_machines;
    MachineForm* m_form;
    CostView* m_cost;
    std::optional<cloud::CostTable> m_lastCost; ///< nothing: the price is not known
    MonthEstimate* m_month;
    MachineCheckView* m_checks;
    widgets::ErrorPanel* m_error;
    QLabel* m_state;
    QPushButton* m_create;
    QPushButton* m_validate;
    QTimer* m_soon; ///< the price is asked for when one has stopped changing
    bool m_isReady = false; ///< the account has answered
    quint64 m_sizesQuestion = 0;
    quint64 m_costQuestion = 0;
    quint64 m_dataQuestion = 0;
    quint64 m_trafficQuestion = 0;
    quint64 m_checksQuestion = 0;
};

} // namespace ty::app
