#include "app/pages/table_header.h"

#include <QStandardItemModel>

namespace ty::app {

void alignHeader(QStandardItemModel& model)
{
    for (int column = 0; column < model.columnCount(); ++column) {
        const auto* cell = model.item(0, column);
        auto* title = model.horizontalHeaderItem(column);
        if (cell != nullptr && title != nullptr && (cell->textAlignment() & Qt::AlignRight)) {
            title->setTextAlignment(cell->textAlignment());
        }
    }
}

} // namespace ty::app
