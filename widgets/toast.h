#pragma once

#include <QFrame>
#include <QList>
#include <QPointer>

class QLabel;
class QPushButton;
class QTimer;

namespace ty::widgets {

/// A short message with at most one action, e.g. "Run deleted" and Undo.
class Toast : public QFrame {
    Q_OBJECT

  public:
    Toast(const QString& text, const QString& actionText, QWidget* parent);

    QString text() const;
    /// Counts only while neither hovered nor focused.
    void setDuration(int milliseconds);

  public slots:
    void dismiss();

  signals:
    void actionTriggered();
    void dismissed();

  protected:
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QLabel* m_label;
    QPushButton* m_action = nullptr;
    QTimer* m_timer;
    bool m_isGone = false;
};

/// Stacks toasts at the lower edge of a window, newest lowest; at most four. They stand above buttons and fields that lie
/// there, or at the other side, as far as there is room.
class ToastStack : public QObject {
    Q_OBJECT

  public:
    /// @param host  the window to float over; owns the stack
    explicit ToastStack(QWidget* host);

    /// Shows a toast for ten seconds. Connect actionTriggered() of the result for Undo.
    Toast* show(const QString& text, const QString& actionText = {});
    int count() const;

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void arrange();
    QPoint placeFor(const QSize& whole) const;

    QWidget* m_host;
    QTimer* m_watch; ///< pages and tabs change under them
    QList<QPointer<Toast>> m_toasts;
};

} // namespace ty::widgets
