#pragma once

#include <QToolButton>

namespace ty::app {

struct AppContext;
class BurnService;
struct Burn;

/// What runs on the person's bill, in the top bar: "$0.53/h · 1 machine · $4.10 today". Hidden while nothing is billed, red
/// when a machine is off and still billed or the month's budget is spent. In a narrow window the rate alone; the rest is in the tip.
/// A click opens the Compute page.
class BurnChip : public QToolButton {
    Q_OBJECT
public:
    explicit BurnChip(AppContext& context, QWidget* parent = nullptr);

signals:
    /// The place in the bar shows and hides with it.
    void wanted(bool isWanted);

protected:
    void showEvent(QShowEvent* event) override;
    /// Of the window, whose width decides how much has room.
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void showText();

    AppContext& m_context;
    BurnService& m_burn;
};

/// The chip's words, and those of its tip; unknown prices are named, never counted as 0.
QString burnText(const Burn& burn);
QString burnTip(const Burn& burn);
bool isAlarming(const Burn& burn);

} // namespace ty::app
