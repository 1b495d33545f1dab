#include "app/services/terminal.h"

#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>

namespace ty::app {

namespace {

/// How each terminal is told what to run.
struct Terminal {
    const char* program;
    const char* before; ///< words in front of the command, parted by spaces
};

constexpr Terminal kTerminals[] = {
    {"x-terminal-emulator", "-e"}, {"gnome-terminal", "--"}, {"kgx", "--"},         {"ptyxis", "--"},
    {"konsole", "-e"},             {"xfce4-terminal", "-x"}, {"mate-terminal", "-x"}, {"lxterminal", "-e"},
    {"qterminal", "-e"},           {"tilix", "-e"},          {"terminator", "-x"},  {"kitty", ""},
    {"alacritty", "-e"},           {"foot", ""},             {"wezterm", "start --"}, {"st", "-e"},
    {"urxvt", "-e"},               {"xterm", "-e"},
};

QStringList wordsFor(const QString& program)
{
    const QString name = QFileInfo(program).fileName();
    for (const Terminal& known : kTerminals) {
        if (name == QLatin1String(known.program)) {
            return QStringList{program} + QString::fromLatin1(known.before).split(QLatin1Char(' '), Qt::SkipEmptyParts);
        }
    }
    return {program, QStringLiteral("-e")}; // what most understand
}

} // namespace

QStringList terminalWords()
{
    const QString wanted = qEnvironmentVariable("TERMINAL");
    if (!wanted.isEmpty() && !QStandardPaths::findExecutable(wanted).isEmpty()) {
        return wordsFor(wanted);
    }
    for (const Terminal& known : kTerminals) {
        const QString program = QString::fromLatin1(known.program);
        if (!QStandardPaths::findExecutable(program).isEmpty()) {
            return wordsFor(program);
        }
    }
    return {};
}

bool openTerminal(const std::vector<std::string>& command)
{
    QStringList words = terminalWords();
    if (words.isEmpty()) {
        return false;
    }
    for (const std::string& word : command) {
        words << QString::fromStdString(word);
    }
    return QProcess::startDetached(words.takeFirst(), words);
}

} // namespace ty::app
