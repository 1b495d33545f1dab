#include "widgets/chart/chart_legend.h"

#include <vector>

#include <QApplication>
#include <QEvent>
#include <QMenu>
#include <QToolButton>

#include "widgets/chart/chart_scene.h"
#include "widgets/chart/series_style.h"
#include "widgets/flow_layout.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

ChartLegend::ChartLegend(const ChartScene& scene, QWidget* parent)
    : QWidget(parent)
    , m_scene(scene)
{
    auto* layout = new FlowLayout(this, 2);
    layout->setContentsMargins(0, 0, 0, 0);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Lines"));
}

QString ChartLegend::keyNow() const
{
    QString key = QString::number(static_cast<int>(themeOf(QApplication::palette())));
    for (const auto& line : m_scene.lines) {
        key += line.look.id + QLatin1Char('\x1f') + line.look.name + QLatin1Char('\x1f') +
               QString::number(line.look.styleIndex) +
               QLatin1Char(line.look.isVisible ? 'v' : 'h') +
               QLatin1Char(line.look.isBaseline ? 'b' : '-') +
               QLatin1Char(line.look.isListed ? 'l' : '-');
    }
    return key;
}

void ChartLegend::sync()
{
    if (keyNow() != m_key) {
        rebuild();
    }
}

void ChartLegend::rebuild()
{
    m_key = keyNow();
    while (QLayoutItem* item = layout()->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater(); // may be the sender of the click that led here
        }
        delete item;
    }
    const ThemeColors& colors = colorsFor(*this);
    QMenu* menu = nullptr;
    std::vector<const ChartLine*> listed;
    for (const SceneLine& line : m_scene.lines) {
        if (line.look.isVisible || line.look.isListed) {
            listed.push_back(&line.look);
        }
    }
    const auto count = static_cast<int>(listed.size());
    for (int i = 0; i < count; ++i) {
        const ChartLine& look = *listed[static_cast<std::size_t>(i)];
        SeriesStyle style = seriesStyle(look.styleIndex, colors);
        if (look.isBaseline) {
            style.dash = baselineDash();
        }
        if (!look.isVisible) {
            style.color = colors.mutedText;
        }
        const QString id = look.id;
        if (i < kShown || count == kShown + 1) {
            auto* button = new QToolButton(this);
            button->setAutoRaise(true);
            button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
            button->setIconSize({26, 14});
            button->setIcon(swatchIcon(style));
            button->setText(look.name);
            QFont nameFont = button->font();
            nameFont.setStrikeOut(!look.isVisible);
            button->setFont(nameFont);
            button->setAccessibleName(
                look.isVisible ? tr("%1, shown").arg(look.name) : tr("%1, hidden").arg(look.name));
            button->setToolTip(
                look.isVisible ? tr("Click hides this line, Alt+click shows it alone")
                               : tr("Click shows this line"));
            const bool isVisible = look.isVisible;
            connect(button, &QToolButton::clicked, this, [this, id, isVisible] {
                if (QApplication::keyboardModifiers() & Qt::AltModifier) {
                    emit onlyWanted(id);
                } else {
                    emit visibilityWanted(id, !isVisible);
                }
            });
            button->setContextMenuPolicy(Qt::CustomContextMenu);
            connect(button, &QToolButton::customContextMenuRequested, this, [this, id, button](const QPoint& at) {
                emit menuWanted(id, button->mapToGlobal(at));
            });
            layout()->addWidget(button);
            continue;
        }
        if (!menu) {
            auto* more = new QToolButton(this);
            more->setAutoRaise(true);
            more->setPopupMode(QToolButton::InstantPopup);
            more->setText(tr("%n more", nullptr, count - kShown));
            more->setAccessibleName(tr("%n more line(s)", nullptr, count - kShown));
            menu = new QMenu(more);
            more->setMenu(menu);
            layout()->addWidget(more);
        }
        QAction* action = menu->addAction(swatchIcon(style), look.name);
        action->setCheckable(true);
        action->setChecked(look.isVisible);
        connect(action, &QAction::triggered, this, [this, id](bool isOn) {
            emit visibilityWanted(id, isOn);
        });
    }
    setVisible(count > 0);
    updateGeometry();
}

void ChartLegend::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        sync();
    }
}

} // namespace ty::widgets
