#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace ty::widgets {

class CollapsibleSection;

/// An error in the form: what happened, why, what you can do; buttons; details to copy.
class ErrorPanel : public QFrame {
    Q_OBJECT

  public:
    enum class Severity { Notice, Warning, Error };

    explicit ErrorPanel(QWidget* parent = nullptr);

    void setSeverity(Severity severity);
    /// Empty parts are left out. All plain text.
    void setText(const QString& happened, const QString& why, const QString& advice);
    void setDetails(const QString& details);
    /// The panel owns the button; connect its clicked().
    QPushButton* addButton(const QString& text);
    void clearButtons();
    void setClosable(bool isClosable);

  signals:
    void closed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void refresh();

    Severity m_severity = Severity::Error;
    QLabel* m_glyph;
    QLabel* m_happened;
    QLabel* m_why;
    QLabel* m_advice;
    QHBoxLayout* m_buttons;
    CollapsibleSection* m_details;
    QPlainTextEdit* m_detailsText;
    QToolButton* m_close;
};

} // namespace ty::widgets
