#include "widgets/empty_state.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

constexpr int kIconSize = 48;

} // namespace

EmptyState::EmptyState(QWidget* parent)
    : EmptyState({}, {}, parent)
{
}

EmptyState::EmptyState(const QIcon& icon, const QString& sentence, QWidget* parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_sentence(new QLabel(this))
    , m_buttons(new QHBoxLayout)
{
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(14);
    layout->addStretch();
    m_icon->setAlignment(Qt::AlignCenter);
    layout->addWidget(m_icon, 0, Qt::AlignHCenter);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    setTextRole(*m_sentence, TextRole::Heading);
    layout->addWidget(m_sentence);
    m_buttons->setSpacing(8);
    m_buttons->addStretch();
    m_buttons->addStretch();
    layout->addLayout(m_buttons);
    layout->addStretch();
    setIcon(icon);
    setSentence(sentence);
}

void EmptyState::setIcon(const QIcon& icon)
{
    m_picture = icon;
    refreshIcon();
}

void EmptyState::refreshIcon()
{
    m_icon->setVisible(!m_picture.isNull());
    m_icon->setPixmap(m_picture.pixmap(QSize(kIconSize, kIconSize), devicePixelRatioF()));
}

void EmptyState::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        refreshIcon(); // drawn anew in the colours of now
    }
}

void EmptyState::setSentence(const QString& sentence)
{
    m_sentence->setText(sentence);
    setAccessibleName(sentence);
}

QString EmptyState::sentence() const
{
    return m_sentence->text();
}

QPushButton* EmptyState::addButton(const QString& text, Emphasis emphasis)
{
    auto* button = new QPushButton(text, this);
    if (emphasis == Emphasis::Primary) {
        makePrimary(*button);
    }
    m_buttons->insertWidget(m_buttons->count() - 1, button);
    return button;
}

} // namespace ty::widgets
