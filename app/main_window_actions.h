#pragma once

#include <vector>

#include <QAction>
#include <QKeySequence>
#include <QString>

#include "app/main_window.h"

namespace ty::app {

/// One entry of the rail.
struct RailEntry {
    PageId id;
    QString title;
    QString icon; ///< name of its SVG; also the stem of the page's object name
    QKeySequence keys;
};

/// In the order of PageId.
const std::vector<RailEntry>& railEntries();

/// The window's own actions; pages bring theirs.
struct MainWindow::Actions {
    QAction* newRun = nullptr;
    QAction* importFile = nullptr;
    QAction* importFolder = nullptr;
    QAction* quit = nullptr;
    QAction* undo = nullptr;
    QAction* redo = nullptr;
    QAction* filter = nullptr;
    QAction* path = nullptr;
    QAction* search = nullptr;
    QAction* primary = nullptr;
    QAction* refresh = nullptr;
    QAction* rail = nullptr;
    QAction* activity = nullptr;
    QAction* properties = nullptr;
    QAction* contextMenu = nullptr;
    QAction* pause = nullptr;
    QAction* nextPane = nullptr;
    QAction* previousPane = nullptr;
    QAction* fullScreen = nullptr;
    QAction* resetLayout = nullptr;
    QAction* trash = nullptr;
    QAction* keys = nullptr;
    QAction* world = nullptr;
    QAction* sequence = nullptr;
    QAction* help = nullptr;
    QAction* about = nullptr;
    std::vector<QAction*> pages;
};

} // namespace ty::app
