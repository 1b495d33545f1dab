#pragma once

#include <string>
#include <vector>

#include <QStringList>

namespace ty::app {

/// A terminal emulator of this desktop, with the words that come before the command it is to run: {"konsole", "-e"}. What
/// $TERMINAL names comes first, then the desktop's own choice, then what is installed. Empty: there is none.
QStringList terminalWords();

/// Opens a terminal with `command` in it, in a process of its own. False: there is no terminal, or it did not start.
/// Any thread but the GUI's: it waits until the program has been read from the disk.
bool openTerminal(const std::vector<std::string>& command);

} // namespace ty::app
