#pragma once

#include <QPlainTextEdit>

namespace ty::widgets {

/// A text editor for small languages: fixed-width font, line numbers, one marked fault. Colours come from a
/// QSyntaxHighlighter of whoever knows the language.
class CodeEditor : public QPlainTextEdit {
    Q_OBJECT

  public:
    explicit CodeEditor(QWidget* parent = nullptr);

    /// Underlines the word at a place (both from 1) and marks its line in the margin; the message is the tooltip there.
    void markFault(int line, int column, const QString& message);
    void clearFault();
    /// Moves the cursor there and shows it.
    void goTo(int line, int column);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    class Margin;

    void layOutMargin();
    void paintMargin(QPaintEvent* event);
    void refreshFault();
    int marginWidth() const;

    Margin* m_margin;
    int m_faultLine = 0;
    int m_faultColumn = 0;
    QString m_fault;
};

} // namespace ty::widgets
