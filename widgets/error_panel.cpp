#include "widgets/error_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStringList>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/collapsible_section.h"
#include "widgets/glyphs.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

constexpr int kGlyphSize = 22;

QLabel* makeText(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

ErrorPanel::ErrorPanel(QWidget* parent)
    : QFrame(parent)
    , m_glyph(new QLabel(this))
    , m_happened(makeText(this))
    , m_why(makeText(this))
    , m_advice(makeText(this))
    , m_buttons(new QHBoxLayout)
    , m_details(new CollapsibleSection(tr("Details"), this))
    , m_close(new QToolButton(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 12, 10, 12);
    layout->setSpacing(12);
    m_glyph->setFixedSize(kGlyphSize, kGlyphSize);
    layout->addWidget(m_glyph, 0, Qt::AlignTop);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(4);
    setTextRole(*m_happened, TextRole::Strong);
    setTextRole(*m_why, TextRole::Muted);
    texts->addWidget(m_happened);
    texts->addWidget(m_why);
    texts->addWidget(m_advice);
    m_buttons->setSpacing(8);
    m_buttons->addStretch();
    texts->addLayout(m_buttons);
    auto* box = new QWidget(m_details);
    auto* boxLayout = new QVBoxLayout(box);
    boxLayout->setContentsMargins(0, 0, 0, 0);
    m_detailsText = new QPlainTextEdit(box);
    m_detailsText->setReadOnly(true);
    m_detailsText->setAccessibleName(tr("Error details"));
    m_detailsText->setMaximumHeight(m_detailsText->fontMetrics().height() * 9);
    m_detailsText->setTabChangesFocus(true);
    auto* copy = new QPushButton(glyphIcon(Glyph::Copy), tr("Copy details"), box);
    boxLayout->addWidget(m_detailsText);
    boxLayout->addWidget(copy, 0, Qt::AlignLeading);
    m_details->setContent(box);
    texts->addWidget(m_details);
    layout->addLayout(texts, 1);
    m_close->setAutoRaise(true);
    m_close->setIcon(glyphIcon(Glyph::Close));
    setSpoken(*m_close, tr("Close this message"));
    layout->addWidget(m_close, 0, Qt::AlignTop);
    m_close->hide();
    m_details->hide();
    connect(copy, &QPushButton::clicked, this, [this] {
        const QStringList parts{
            m_happened->text(), m_why->text(), m_advice->text(), m_detailsText->toPlainText()};
        QApplication::clipboard()->setText(parts.join(QLatin1Char('\n')));
    });
    connect(m_close, &QToolButton::clicked, this, [this] {
        hide();
        emit closed();
    });
    refresh();
}

void ErrorPanel::setSeverity(Severity severity)
{
    m_severity = severity;
    refresh();
}

void ErrorPanel::setText(const QString& happened, const QString& why, const QString& advice)
{
    m_happened->setText(happened);
    m_why->setText(why);
    m_advice->setText(advice);
    m_why->setVisible(!why.isEmpty());
    m_advice->setVisible(!advice.isEmpty());
    refresh();
}

void ErrorPanel::setDetails(const QString& details)
{
    m_detailsText->setPlainText(details);
    m_details->setVisible(!details.isEmpty());
    m_details->setExpanded(false);
}

QPushButton* ErrorPanel::addButton(const QString& text)
{
    auto* button = new QPushButton(text, this);
    m_buttons->insertWidget(m_buttons->count() - 1, button);
    button->show(); // at once, where the panel is shown already
    return button;
}

void ErrorPanel::clearButtons()
{
    while (m_buttons->count() > 1) {
        QLayoutItem* item = m_buttons->takeAt(0);
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater(); // may be the sender
        }
        delete item;
    }
}

void ErrorPanel::setClosable(bool isClosable)
{
    m_close->setVisible(isClosable);
}

void ErrorPanel::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    const QColor ink = m_severity == Severity::Error     ? c.bad
                       : m_severity == Severity::Warning ? c.warn
                                                         : c.accent;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, 1));
    painter.setBrush(mixed(c.surface, ink, 0.07));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.setClipRect(QRect(0, 0, 5, height()));
    painter.drawRoundedRect(rect(), 8, 8);
}

void ErrorPanel::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
}

void ErrorPanel::refresh()
{
    const Glyph glyph = m_severity == Severity::Error     ? Glyph::Error
                        : m_severity == Severity::Warning ? Glyph::Warning
                                                          : Glyph::Notice;
    m_glyph->setPixmap(glyphIcon(glyph).pixmap(QSize(kGlyphSize, kGlyphSize), devicePixelRatioF()));
    const QString word = m_severity == Severity::Error     ? tr("Error")
                         : m_severity == Severity::Warning ? tr("Warning")
                                                           : tr("Notice");
    m_glyph->setAccessibleName(word);
    setAccessibleName(tr("%1: %2").arg(word, m_happened->text()));
    setAccessibleDescription(m_why->text() + QLatin1Char(' ') + m_advice->text());
    update();
}

} // namespace ty::widgets
