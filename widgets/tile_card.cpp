#include "widgets/tile_card.h"

#include <QPainter>
#include <QStyle>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kPad = 14;
constexpr int kPicture = 56;
constexpr int kSentenceLines = 3;

QFont titleFont(const QFont& base)
{
    QFont font = base;
    font.setPointSizeF(base.pointSizeF() * 1.15);
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

TileCard::TileCard(
    const QIcon& picture, const QString& title, const QString& sentence, QWidget* parent)
    : QAbstractButton(parent)
{
    setIcon(picture);
    setText(title);
    setSentence(sentence);
    setIconSize({kPicture, kPicture});
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void TileCard::setSentence(const QString& sentence)
{
    m_sentence = sentence;
    setAccessibleName(text());
    setAccessibleDescription(sentence);
    update();
}

QSize TileCard::sizeHint() const
{
    const int textHeight =
        QFontMetrics(titleFont(font())).height() + 4 + kSentenceLines * fontMetrics().lineSpacing();
    return {
        fontMetrics().averageCharWidth() * 30 + 2 * kPad,
        iconSize().height() + 10 + textHeight + 2 * kPad};
}

QSize TileCard::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 20 + 2 * kPad, sizeHint().height()};
}

void TileCard::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isHot = isEnabled() && (underMouse() || isDown());
    const double width = hasFocus() ? 2 : 1;
    const double inset = width / 2;
    painter.setPen(QPen(hasFocus() ? c.focus : isHot ? c.accent : c.line, width));
    painter.setBrush(isDown() ? c.raised : isHot ? mixed(c.surface, c.raised, 0.6) : c.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 8, 8);

    QRect inside = rect().adjusted(kPad, kPad, -kPad, -kPad);
    QRect picture(inside.topLeft(), iconSize());
    picture = QStyle::visualRect(layoutDirection(), inside, picture);
    icon().paint(&painter, picture, Qt::AlignCenter, isEnabled() ? QIcon::Normal : QIcon::Disabled);
    inside.setTop(picture.bottom() + 10);
    painter.setFont(titleFont(font()));
    painter.setPen(isEnabled() ? c.text : c.mutedText);
    const QFontMetrics metrics = painter.fontMetrics();
    painter.drawText(
        inside,
        Qt::AlignLeading | Qt::AlignTop,
        metrics.elidedText(text(), Qt::ElideRight, inside.width()));
    inside.setTop(inside.top() + metrics.height() + 4);
    painter.setFont(font());
    painter.setPen(c.mutedText);
    painter.drawText(inside, Qt::AlignLeading | Qt::AlignTop | Qt::TextWordWrap, m_sentence);
}

void TileCard::enterEvent(QEnterEvent* event)
{
    update();
    QAbstractButton::enterEvent(event);
}

void TileCard::leaveEvent(QEvent* event)
{
    update();
    QAbstractButton::leaveEvent(event);
}

} // namespace ty::widgets
