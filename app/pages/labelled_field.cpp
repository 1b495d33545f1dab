#include "app/pages/labelled_field.h"

#include <QHBoxLayout>
#include <QLabel>

namespace ty::app {

QWidget* labelledField(QWidget* parent, const QString& text, QWidget* field, QWidget* after)
{
    auto* piece = new QWidget(parent);
    auto* row = new QHBoxLayout(piece);
    row->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(text, piece);
    label->setBuddy(field);
    row->addWidget(label);
    row->addWidget(field);
    if (after != nullptr) {
        row->addWidget(after);
    }
    return piece;
}

} // namespace ty::app
