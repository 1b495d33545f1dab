#pragma once

#include <QLineEdit>

class QTimer;

namespace ty::widgets {

/// Filter box: tells its text a moment after typing stops; Esc clears, Enter tells at once.
class FilterLine : public QLineEdit {
    Q_OBJECT

  public:
    explicit FilterLine(const QString& placeholder, QWidget* parent = nullptr);

    /// Default 150 ms.
    void setDelay(int milliseconds);
    /// Shows a warning sign with its reason as tooltip; empty is fine.
    void setProblem(const QString& text);

  signals:
    void filterChanged(const QString& text);

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void tell();

    QTimer* m_timer;
    QString m_told;
};

} // namespace ty::widgets
