#include "widgets/filter_line.h"

#include <QAction>
#include <QKeyEvent>
#include <QTimer>
#include <QToolButton>

#include "widgets/glyphs.h"

namespace ty::widgets {

FilterLine::FilterLine(const QString& placeholder, QWidget* parent)
    : QLineEdit(parent)
    , m_timer(new QTimer(this))
{
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    setClearButtonEnabled(true);
    addAction(glyphIcon(Glyph::Search), QLineEdit::LeadingPosition);
    // Qt leaves the little buttons inside a line edit without a name for screen readers.
    const auto buttons = findChildren<QToolButton*>();
    for (qsizetype i = 0; i < buttons.size(); ++i) {
        buttons.at(i)->setAccessibleName(i == 0 ? tr("Clear the filter") : tr("Filter"));
    }
    m_timer->setSingleShot(true);
    m_timer->setInterval(150);
    connect(m_timer, &QTimer::timeout, this, &FilterLine::tell);
    connect(this, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty()) {
            tell(); // clearing is never waited for
        } else {
            m_timer->start();
        }
    });
}

void FilterLine::setDelay(int milliseconds)
{
    m_timer->setInterval(milliseconds);
}

void FilterLine::setProblem(const QString& text)
{
    constexpr char kName[] = "filterProblem";
    auto* old = findChild<QAction*>(QLatin1String(kName));
    if (text.isEmpty()) {
        delete old;
        setToolTip({});
        setAccessibleDescription({});
        return;
    }
    if (!old) {
        old = addAction(glyphIcon(Glyph::Warning), QLineEdit::TrailingPosition);
        old->setObjectName(QLatin1String(kName));
    }
    old->setToolTip(text);
    setToolTip(text);
    setAccessibleDescription(text);
}

void FilterLine::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        tell();
    }
    QLineEdit::keyPressEvent(event);
}

void FilterLine::tell()
{
    m_timer->stop();
    if (text() != m_told) {
        m_told = text();
        emit filterChanged(m_told);
    }
}

} // namespace ty::widgets
