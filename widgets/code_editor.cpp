#include "widgets/code_editor.h"

#include <QFontDatabase>
#include <QHelpEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>
#include <QToolTip>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kNumberPadding = 8;
constexpr int kIndentLetters = 2;

} // namespace

/// The strip of line numbers.
class CodeEditor::Margin : public QWidget {
  public:
    explicit Margin(CodeEditor* editor)
        : QWidget(editor)
        , m_editor(editor)
    {
    }

  protected:
    void paintEvent(QPaintEvent* event) override { m_editor->paintMargin(event); }

  private:
    CodeEditor* m_editor;
};

CodeEditor::CodeEditor(QWidget* parent)
    : QPlainTextEdit(parent)
    , m_margin(new Margin(this))
{
    auto fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(font().pointSizeF());
    setFont(fixed);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(true); // a form's field: Tab goes on, as everywhere in the window
    connect(this, &QPlainTextEdit::blockCountChanged, this, &CodeEditor::layOutMargin);
    connect(this, &QPlainTextEdit::updateRequest, m_margin, [this](const QRect& area, int moved) {
        if (moved != 0) {
            m_margin->scroll(0, moved);
        } else {
            m_margin->update(0, area.y(), m_margin->width(), area.height());
        }
    });
    layOutMargin();
}

int CodeEditor::marginWidth() const
{
    const auto digits = QString::number(std::max(99, blockCount())).size();
    return 2 * kNumberPadding + static_cast<int>(digits) * fontMetrics().horizontalAdvance(QLatin1Char('9'));
}

void CodeEditor::layOutMargin()
{
    setViewportMargins(marginWidth(), 0, 0, 0);
    const auto inside = contentsRect();
    m_margin->setGeometry(inside.left(), inside.top(), marginWidth(), inside.height());
}

void CodeEditor::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    layOutMargin();
}

void CodeEditor::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        layOutMargin();
    } else if (event->type() == QEvent::PaletteChange) {
        refreshFault();
        m_margin->update();
    }
}

void CodeEditor::paintMargin(QPaintEvent* event)
{
    QPainter painter(m_margin);
    const auto& colors = colorsFor(*this);
    painter.fillRect(event->rect(), colors.window);
    painter.setFont(font());
    auto block = firstVisibleBlock();
    auto top = blockBoundingGeometry(block).translated(contentOffset()).top();
    while (block.isValid() && top <= event->rect().bottom()) {
        const auto height = blockBoundingRect(block).height();
        if (block.isVisible() && top + height >= event->rect().top()) {
            const bool isFault = block.blockNumber() + 1 == m_faultLine;
            const QRectF line(0, top, m_margin->width(), height);
            if (isFault) {
                painter.fillRect(line, mixed(colors.window, colors.bad, 0.18));
            }
            painter.setPen(isFault ? colors.text : colors.mutedText);
            painter.drawText(
                line.adjusted(0, 0, -kNumberPadding, 0), Qt::AlignRight | Qt::AlignVCenter,
                QString::number(block.blockNumber() + 1));
        }
        block = block.next();
        top += height;
    }
}

void CodeEditor::markFault(int line, int column, const QString& message)
{
    m_faultLine = line;
    m_faultColumn = column;
    m_fault = message;
    refreshFault();
}

void CodeEditor::clearFault()
{
    markFault(0, 0, QString());
}

void CodeEditor::refreshFault()
{
    QList<QTextEdit::ExtraSelection> marks;
    const auto block = document()->findBlockByNumber(m_faultLine - 1);
    if (m_faultLine > 0 && block.isValid()) {
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(block);
        mark.cursor.setPosition(block.position() + std::min(m_faultColumn - 1, std::max(0, block.length() - 2)));
        mark.cursor.movePosition(QTextCursor::EndOfWord, QTextCursor::KeepAnchor);
        if (!mark.cursor.hasSelection()) {
            mark.cursor.movePosition(QTextCursor::NextCharacter, QTextCursor::KeepAnchor);
        }
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(colorsFor(*this).bad);
        mark.format.setBackground(mixed(colorsFor(*this).surface, colorsFor(*this).bad, 0.18));
        marks << mark;
    }
    setExtraSelections(marks);
    m_margin->update();
}

void CodeEditor::goTo(int line, int column)
{
    const auto block = document()->findBlockByNumber(std::max(0, line - 1));
    if (block.isValid()) {
        QTextCursor cursor(block);
        cursor.setPosition(block.position() + std::clamp(column - 1, 0, std::max(0, block.length() - 1)));
        setTextCursor(cursor);
        ensureCursorVisible();
        setFocus();
    }
}

bool CodeEditor::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto line = cursorForPosition(help->pos()).blockNumber() + 1;
        if (line == m_faultLine && !m_fault.isEmpty()) {
            QToolTip::showText(help->globalPos(), m_fault, this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QPlainTextEdit::viewportEvent(event);
}

void CodeEditor::keyPressEvent(QKeyEvent* event)
{
    // A new line begins where the one before began.
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers() == Qt::NoModifier && !isReadOnly()) {
        const auto line = textCursor().block().text();
        qsizetype blanks = 0;
        while (blanks < line.size() && line[blanks] == QLatin1Char(' ')) {
            ++blanks;
        }
        const bool opens = line.trimmed().endsWith(QLatin1String("THEN")) || line.trimmed().endsWith(QLatin1Char('='));
        textCursor().insertText(QLatin1Char('\n') + QString(blanks + (opens ? kIndentLetters : 0), QLatin1Char(' ')));
        ensureCursorVisible();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

} // namespace ty::widgets
