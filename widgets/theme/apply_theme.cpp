#include "widgets/theme/apply_theme.h"

#include <QApplication>
#include <QToolTip>

#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"
#include "widgets/theme/workbench_style.h"

namespace ty::widgets {

void applyTheme(QApplication& application, Theme theme)
{
    constexpr char kStyled[] = "ty_isStyled";
    if (!application.property(kStyled).toBool()) {
        QApplication::setStyle(new WorkbenchStyle);
        application.setProperty(kStyled, true);
    }
    const QPalette palette = paletteOf(theme);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette); // desktops have one of their own for it
    refreshTextRoles();
}

} // namespace ty::widgets
