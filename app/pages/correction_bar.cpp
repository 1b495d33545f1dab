#include "app/pages/correction_bar.h"

#include <QAbstractItemView>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMap>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kKeyed = 10;     ///< classes that a digit can mean
constexpr int kMostInMenu = 200;

/// The class that a digit means: the one of that name, else the n-th; -1 if there is none.
int classOfDigit(const QStringList& classes, const QString& digit)
{
    if (const auto named = classes.indexOf(digit); named >= 0) {
        return static_cast<int>(named);
    }
    const int number = digit.toInt();
    const int place = number == 0 ? kKeyed - 1 : number - 1;
    return place < classes.size() ? place : -1;
}

bool isUndo(const QKeyEvent& key)
{
    const bool isBare = (key.modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    return key.key() == Qt::Key_Z && (isBare || key.modifiers() == Qt::ControlModifier);
}

} // namespace

CorrectionBar::CorrectionBar(QWidget* parent)
    : QWidget(parent)
    , m_row(new QHBoxLayout(this))
    , m_keys(new QLabel(this))
    , m_choose(new QToolButton(this))
    , m_menu(new QMenu(this))
    , m_undo(new QPushButton(tr("Undo"), this))
{
    m_row->setContentsMargins(0, 0, 0, 0);
    m_keys->setWordWrap(true);
    widgets::setTextRole(*m_keys, widgets::TextRole::Muted);
    m_choose->setText(tr("Correct"));
    m_choose->setToolTip(tr("Another class for the selected samples"));
    m_choose->setPopupMode(QToolButton::InstantPopup);
    m_choose->setFocusPolicy(Qt::StrongFocus);
    m_choose->setMenu(m_menu);
    m_undo->setToolTip(tr("Take the last correction back (Z)"));
    m_undo->setObjectName(QStringLiteral("undoCorrection"));
    m_row->addWidget(m_keys, 1);
    m_row->addWidget(m_choose);
    m_row->addWidget(m_undo);
    connect(m_undo, &QPushButton::clicked, this, &CorrectionBar::undoRequested);
    setClasses({});
}

void CorrectionBar::setClasses(const QStringList& classes)
{
    m_classes = classes;
    QMap<int, QString> keyOf; // its own name before its place
    for (int digit = 1; digit <= kKeyed; ++digit) {
        const QString key = QString::number(digit % kKeyed);
        if (const int index = classOfDigit(classes, key); index >= 0 && (!keyOf.contains(index) || classes.at(index) == key)) {
            keyOf[index] = key;
        }
    }
    QStringList keys;
    for (auto one = keyOf.cbegin(); one != keyOf.cend(); ++one) {
        const QString& name = classes.at(one.key());
        keys << (name == one.value() ? name : tr("%1 = %2").arg(one.value(), name));
    }
    m_keys->setText(
        keys.isEmpty() ? tr("X leaves the selected samples out · Z takes back")
                       : tr("Class of the selected samples: %1 · X leaves out · Z takes back").arg(keys.join(QStringLiteral(", "))));
    m_menu->clear();
    for (const QString& name : classes.mid(0, kMostInMenu)) {
        connect(m_menu->addAction(name), &QAction::triggered, this, [this, name] { emit labelChosen(name); });
    }
    m_menu->addSeparator();
    connect(m_menu->addAction(tr("Leave out")), &QAction::triggered, this, [this] { emit labelChosen({}); });
    connect(m_menu->addAction(tr("As in the data")), &QAction::triggered, this, &CorrectionBar::forgetRequested);
}

void CorrectionBar::watch(QAbstractItemView& view)
{
    view.installEventFilter(this);
}

void CorrectionBar::setActive(bool isActive)
{
    m_isActive = isActive;
    m_choose->setEnabled(isActive);
}

void CorrectionBar::setUndoEnabled(bool isEnabled)
{
    m_undo->setEnabled(isEnabled);
}

void CorrectionBar::addButton(QPushButton* button)
{
    m_row->addWidget(button);
}

bool CorrectionBar::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && m_isActive && m_undo->isEnabled() && isUndo(*static_cast<QKeyEvent*>(event))) {
        event->accept(); // before the window's own undo
        return true;
    }
    if (event->type() == QEvent::KeyPress && onKey(*static_cast<QKeyEvent*>(event))) {
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

bool CorrectionBar::onKey(const QKeyEvent& key)
{
    if (!m_isActive) {
        return false;
    }
    if (isUndo(key)) {
        emit undoRequested();
        return true;
    }
    if ((key.modifiers() & ~Qt::KeypadModifier) != Qt::NoModifier) {
        return false;
    }
    if (key.key() == Qt::Key_X) {
        emit labelChosen({});
        return true;
    }
    if (key.key() == Qt::Key_Delete) {
        emit forgetRequested();
        return true;
    }
    if (key.key() < Qt::Key_0 || key.key() > Qt::Key_9) {
        return false;
    }
    const int index = classOfDigit(m_classes, QString::number(key.key() - Qt::Key_0));
    if (index >= 0) {
        emit labelChosen(m_classes.at(index));
    }
    return index >= 0;
}

} // namespace ty::app
