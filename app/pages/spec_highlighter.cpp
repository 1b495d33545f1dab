#include "app/pages/spec_highlighter.h"

#include <QWidget>

#include "engine/specs/lexer.h"
#include "widgets/theme/palette.h"

namespace ty::app {

namespace {
enum LineState { Code = 0, InsideComment = 1 };
}

SpecHighlighter::SpecHighlighter(QTextDocument* document, const QWidget& shown) : QSyntaxHighlighter(document), m_shown(shown) {}

/// Colours the comment that begins before or at `from`; returns where it ends.
qsizetype SpecHighlighter::colourComment(const QString& text, qsizetype from)
{
    const auto& colors = widgets::colorsFor(m_shown);
    const auto searchFrom = previousBlockState() == InsideComment && from == 0 ? 0 : from + 2;
    auto end = text.indexOf(QLatin1String("*/"), searchFrom);
    setCurrentBlockState(end < 0 ? InsideComment : Code);
    end = end < 0 ? text.size() : end + 2;
    setFormat(static_cast<int>(from), static_cast<int>(end - from), colors.mutedText);
    return end;
}

void SpecHighlighter::highlightBlock(const QString& text)
{
    const auto& colors = widgets::colorsFor(m_shown);
    setCurrentBlockState(Code);
    qsizetype at = previousBlockState() == InsideComment ? colourComment(text, 0) : 0;
    while (at < text.size()) {
        const auto letter = text[at];
        const auto isPart = [&](qsizetype index) { return index < text.size() && (text[index].isLetterOrNumber() || text[index] == QLatin1Char('_')); };
        if (text.mid(at, 2) == QLatin1String("//")) {
            setFormat(static_cast<int>(at), static_cast<int>(text.size() - at), colors.mutedText);
            return;
        }
        if (text.mid(at, 2) == QLatin1String("/*")) {
            at = colourComment(text, at);
            continue;
        }
        if (!isPart(at)) {
            ++at;
            continue;
        }
        const auto begin = at;
        while (isPart(at)) {
            ++at;
        }
        const auto word = text.mid(begin, at - begin);
        if (letter.isDigit()) {
            setFormat(static_cast<int>(begin), static_cast<int>(word.size()), colors.series[1]);
        } else if (engine::specs::isSpecWord(word.toStdString())) {
            QTextCharFormat strong;
            strong.setForeground(colors.accent);
            strong.setFontWeight(QFont::DemiBold);
            setFormat(static_cast<int>(begin), static_cast<int>(word.size()), strong);
        }
    }
}

} // namespace ty::app
