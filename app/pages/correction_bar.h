#pragma once

#include <QStringList>
#include <QWidget>

class QAbstractItemView;
class QHBoxLayout;
class QKeyEvent;
class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace ty::app {

/// How samples in a view are corrected: 1-9 and 0 give the selected ones another class, X leaves them out, Delete
/// makes them as in the data again, Z or Ctrl+Z takes the last correction back; the same by mouse. It only says what is wanted.
class CorrectionBar : public QWidget {
    Q_OBJECT
public:
    explicit CorrectionBar(QWidget* parent = nullptr);

    /// Empty: samples can be left out alone.
    void setClasses(const QStringList& classes);
    /// Keys that are pressed in this view are ours.
    void watch(QAbstractItemView& view);
    void setActive(bool isActive);
    void setUndoEnabled(bool isEnabled);
    /// At the right end.
    void addButton(QPushButton* button);

signals:
    /// Of the selected samples; empty: they are left out.
    void labelChosen(const QString& label);
    /// The selected samples are again as in the data.
    void forgetRequested();
    void undoRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    bool onKey(const QKeyEvent& key);

    QStringList m_classes;
    QHBoxLayout* m_row;
    QLabel* m_keys;
    QToolButton* m_choose;
    QMenu* m_menu;
    QPushButton* m_undo;
    bool m_isActive = true;
};

} // namespace ty::app
