#pragma once

#include <QSyntaxHighlighter>

class QWidget;

namespace ty::app {

/// Colours of guarded-command machines: words, numbers, comments.
class SpecHighlighter : public QSyntaxHighlighter {
    Q_OBJECT
public:
    /// @param shown  the widget whose theme gives the colours
    SpecHighlighter(QTextDocument* document, const QWidget& shown);

protected:
    void highlightBlock(const QString& text) override;

private:
    qsizetype colourComment(const QString& text, qsizetype from);

    const QWidget& m_shown;
};

} // namespace ty::app
