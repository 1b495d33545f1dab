#pragma once

#include <QProxyStyle>

class QStyleOptionToolButton;

namespace ty::widgets {

/// Whether a tool button with words gets a small arrow for its menu.
bool hasMenuChevron(const QStyleOptionToolButton& button);

/// Fusion with our outlines, focus rings and flat surfaces; colours from the option's palette.
class WorkbenchStyle : public QProxyStyle {
    Q_OBJECT

  public:
    WorkbenchStyle();

    void drawPrimitive(
        PrimitiveElement element,
        const QStyleOption* option,
        QPainter* painter,
        const QWidget* widget) const override;
    void drawControl(
        ControlElement element,
        const QStyleOption* option,
        QPainter* painter,
        const QWidget* widget) const override;
    void drawComplexControl(
        ComplexControl control,
        const QStyleOptionComplex* option,
        QPainter* painter,
        const QWidget* widget) const override;
    QRect subControlRect(
        ComplexControl control,
        const QStyleOptionComplex* option,
        SubControl part,
        const QWidget* widget) const override;
    QRect subElementRect(
        SubElement element, const QStyleOption* option, const QWidget* widget) const override;
    /// Titles of columns stand where their cells begin, and a selection does not make them bold.
    void polish(QWidget* widget) override;
    using QProxyStyle::polish;
    int pixelMetric(
        PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(
        StyleHint hint,
        const QStyleOption* option,
        const QWidget* widget,
        QStyleHintReturn* result) const override;
    QSize sizeFromContents(
        ContentsType type,
        const QStyleOption* option,
        const QSize& contents,
        const QWidget* widget) const override;
};

} // namespace ty::widgets
