#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace ty::widgets {

/// A line that says what is going on, how far it is, and can be cancelled.
class BusyBar : public QWidget {
    Q_OBJECT

  public:
    explicit BusyBar(QWidget* parent = nullptr);

    /// Shows the bar. @param fraction  [0, 1], or negative for unknown
    void setBusy(const QString& text, double fraction = -1);
    void setIdle();
    bool isBusy() const { return m_isBusy; }
    /// It is, unless this says otherwise.
    void setCancellable(bool isCancellable);

  signals:
    void cancelRequested();

  private:
    QLabel* m_text;
    QProgressBar* m_bar;
    QPushButton* m_cancel;
    bool m_isBusy = false;
};

} // namespace ty::widgets
