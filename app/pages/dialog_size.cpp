#include "app/pages/dialog_size.h"

#include <algorithm>

#include <QDialog>
#include <QLayout>
#include <QScreen>
#include <QTimer>

namespace ty::app {

void growToFit(QDialog& dialog)
{
    QTimer::singleShot(0, &dialog, [&dialog] {
        const int wanted
            = std::min(dialog.layout()->totalHeightForWidth(dialog.width()), dialog.screen()->availableGeometry().height());
        if (wanted > dialog.height()) {
            dialog.resize(dialog.width(), wanted);
        }
    });
}

} // namespace ty::app
