#include "widgets/rail.h"

#include <algorithm>

#include <QButtonGroup>
#include <QDropEvent>
#include <QEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr int kOpensAfterMs = 500;

/// With the font, so that the sign stays beside large words.
int iconSide(const QFontMetrics& metrics)
{
    return std::max(22, metrics.height() * 5 / 4);
}

/// Icon over word, an accent bar at the checked one, and a badge.
class Entry : public QToolButton {
  public:
    explicit Entry(QWidget* parent)
        : QToolButton(parent)
    {
        setCheckable(true);
        setAutoRaise(true);
        setFocusPolicy(Qt::StrongFocus);
        setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    void setBadge(int number)
    {
        m_badge = number;
        setAccessibleDescription(number > 0 ? QString::number(number) : QString());
        update();
    }

    QSize sizeHint() const override
    {
        const bool hasWord = toolButtonStyle() != Qt::ToolButtonIconOnly;
        const int side = iconSide(fontMetrics());
        const int width =
            hasWord ? std::max(64, fontMetrics().horizontalAdvance(text()) + 20) : side + 22;
        return {width, side + 16 + (hasWord ? fontMetrics().height() + 4 : 0)};
    }

  protected:
    void paintEvent(QPaintEvent*) override
    {
        const ThemeColors& c = colorsFor(*this);
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF box = QRectF(rect()).adjusted(3, 1, -3, -1);
        painter.setPen(Qt::NoPen);
        if (isChecked()) {
            painter.setBrush(mixed(c.window, c.accent, 0.16));
            painter.drawRoundedRect(box, 6, 6);
            painter.setBrush(c.accent);
            const double x = isRightToLeft() ? width() - 3 : 0;
            painter.drawRoundedRect(QRectF(x, 8, 3, height() - 16), 1.5, 1.5);
        } else if (underMouse() || isDown()) {
            painter.setBrush(c.raised);
            painter.drawRoundedRect(box, 6, 6);
        }
        if (hasFocus()) {
            painter.setPen(QPen(c.focus, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6);
        }
        const bool hasWord = toolButtonStyle() != Qt::ToolButtonIconOnly;
        const int side = iconSide(fontMetrics());
        const int top = hasWord ? 7 : (height() - side) / 2;
        const QRect iconBox((width() - side) / 2, top, side, side);
        icon().paint(
            &painter, iconBox, Qt::AlignCenter, isEnabled() ? QIcon::Normal : QIcon::Disabled);
        if (hasWord) {
            painter.setPen(isChecked() ? c.text : c.mutedText);
            QFont wordFont = font();
            wordFont.setWeight(isChecked() ? QFont::DemiBold : QFont::Normal);
            painter.setFont(wordFont);
            painter.drawText(
                QRect(0, iconBox.bottom() + 3, width(), fontMetrics().height() + 2),
                Qt::AlignCenter,
                text());
        }
        if (m_badge > 0) {
            paintBadge(painter, c, iconBox);
        }
    }

  private:
    void paintBadge(QPainter& painter, const ThemeColors& c, const QRect& iconBox) const
    {
        const QString number = m_badge > 99 ? QStringLiteral("99+") : QString::number(m_badge);
        QFont small = font();
        small.setPointSizeF(font().pointSizeF() * 0.8);
        small.setWeight(QFont::DemiBold);
        painter.setFont(small);
        const QFontMetricsF metrics(small);
        QRectF pill(
            0,
            0,
            std::max(metrics.height(), metrics.horizontalAdvance(number) + 8),
            metrics.height());
        pill.moveCenter(QPointF(iconBox.right() + 2, iconBox.top() + 3));
        painter.setPen(QPen(c.window, 1.5));
        painter.setBrush(c.accent);
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);
        painter.setPen(c.accentText);
        painter.drawText(pill, Qt::AlignCenter, number);
    }

    int m_badge = 0;
};

} // namespace

Rail::Rail(QWidget* parent)
    : QWidget(parent)
    , m_top(new QVBoxLayout)
    , m_foot(new QVBoxLayout)
    , m_group(new QButtonGroup(this))
    , m_dragTimer(new QTimer(this))
{
    m_dragTimer->setSingleShot(true);
    m_dragTimer->setInterval(kOpensAfterMs);
    connect(m_dragTimer, &QTimer::timeout, this, [this] {
        if (m_dragged != nullptr) {
            m_dragged->setChecked(true);
        }
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 8, 5, 8);
    layout->setSpacing(2);
    m_top->setSpacing(2);
    m_foot->setSpacing(2);
    layout->addLayout(m_top);
    layout->addStretch();
    layout->addLayout(m_foot);
    m_group->setExclusive(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setAccessibleName(tr("Pages"));
    connect(m_group, &QButtonGroup::idToggled, this, [this](int id, bool isOn) {
        if (isOn) {
            emit currentIndexChanged(id);
        }
    });
}

int Rail::addEntry(const QIcon& icon, const QString& text, const QString& toolTip, Place place)
{
    auto* button = new Entry(this);
    button->setIcon(icon);
    button->setText(text);
    button->setAccessibleName(text);
    button->setToolTip(toolTip.isEmpty() ? text : toolTip);
    button->setToolButtonStyle(m_isCompact ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextUnderIcon);
    button->setAcceptDrops(true);
    button->installEventFilter(this);
    (place == Place::Top ? m_top : m_foot)->addWidget(button);
    const int index = count();
    m_buttons.append(button);
    m_group->addButton(button, index);
    if (index == 0) {
        button->setChecked(true);
    }
    fitWidth();
    return index;
}

void Rail::setEntryIcon(int index, const QIcon& icon)
{
    if (QToolButton* button = m_buttons.value(index)) {
        button->setIcon(icon);
    }
}

void Rail::setEntryToolTip(int index, const QString& toolTip)
{
    if (QToolButton* button = m_buttons.value(index)) {
        button->setToolTip(toolTip);
    }
}

void Rail::setBadge(int index, int number)
{
    if (QToolButton* button = m_buttons.value(index)) {
        static_cast<Entry*>(button)->setBadge(number);
    }
}

int Rail::count() const
{
    return static_cast<int>(m_buttons.size());
}

int Rail::currentIndex() const
{
    return m_group->checkedId();
}

void Rail::setCurrentIndex(int index)
{
    if (QToolButton* button = m_buttons.value(index)) {
        button->setChecked(true);
    }
}

void Rail::setCompact(bool isCompact)
{
    m_isCompact = isCompact;
    for (QToolButton* button : m_buttons) {
        button->setToolButtonStyle(
            isCompact ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextUnderIcon);
        button->updateGeometry();
    }
    fitWidth();
}

void Rail::fitWidth()
{
    int width = 0;
    for (const QToolButton* button : m_buttons) {
        width = std::max(width, button->sizeHint().width());
    }
    setFixedWidth(width + 9);
}

bool Rail::followDrag(QToolButton& button, QEvent& event)
{
    switch (event.type()) {
    case QEvent::DragEnter: {
        const bool isFromHere = static_cast<QDropEvent&>(event).source() != nullptr;
        event.setAccepted(isFromHere); // so that it is told when the pointer leaves; other programs' files are the window's
        if (isFromHere) {
            m_dragged = &button;
            m_dragTimer->start();
        }
        return true;
    }
    case QEvent::DragMove:
        event.ignore(); // an entry itself takes nothing
        return true;
    case QEvent::DragLeave:
    case QEvent::Drop:
        m_dragged = nullptr;
        m_dragTimer->stop();
        return true;
    default: return false;
    }
}

bool Rail::eventFilter(QObject* watched, QEvent* event)
{
    if (auto* button = qobject_cast<QToolButton*>(watched); button != nullptr && followDrag(*button, *event)) {
        return true;
    }
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const qsizetype at = m_buttons.indexOf(static_cast<QToolButton*>(watched));
        const int by = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
        if (at >= 0 && by != 0) {
            const qsizetype next = (at + by + m_buttons.size()) % m_buttons.size();
            m_buttons[next]->setFocus(Qt::TabFocusReason);
            m_buttons[next]->setChecked(true);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void Rail::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        fitWidth();
    }
}

void Rail::paintEvent(QPaintEvent*)
{
    const ThemeColors& c = colorsFor(*this);
    QPainter painter(this);
    painter.fillRect(rect(), c.window);
    painter.setPen(c.divider);
    const int x = isRightToLeft() ? 0 : width() - 1;
    painter.drawLine(x, 0, x, height());
}

} // namespace ty::widgets
