#pragma once

#include <QIcon>

namespace ty::widgets {

/// The few signs that our own controls carry.
enum class Glyph {
    Close,
    Reset,
    Table,
    Menu,
    Folder,
    Undo,
    Pause,
    Play,
    Stop,
    Flag,
    Camera,
    Plus,
    Warning,
    Error,
    Notice,
    Copy,
    Search,
    Dataset
};

/// Drawn in the text colour of the theme at the moment of painting, so that it follows a switch.
QIcon glyphIcon(Glyph glyph);

} // namespace ty::widgets
