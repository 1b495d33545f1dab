#include "app/cli/secret_input.h"

#include <array>
#include <csignal>
#include <iostream>
#include <iterator>

#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "app/provisioning/secrets_choice.h"

namespace ty::cli {

using cloud::Secret;

namespace {

/// The terminal shows nothing of what is typed. Whoever interrupts the question gets a terminal that shows it again.
class SilentTerminal {
public:
    SilentTerminal()
    {
        ::tcgetattr(STDIN_FILENO, &m_before);
        sigset_t endings;
        sigemptyset(&endings);
        for (const int ending : {SIGINT, SIGTERM, SIGHUP, SIGTSTP}) {
            sigaddset(&endings, ending);
        }
        pthread_sigmask(SIG_BLOCK, &endings, &m_signals);
        m_endings = ::signalfd(-1, &endings, SFD_CLOEXEC);
        termios silent = m_before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    /// A signal that came meanwhile does now what it always does.
    ~SilentTerminal()
    {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
        ::close(m_endings);
        pthread_sigmask(SIG_SETMASK, &m_signals, nullptr);
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;

    /// Up to the line's end; empty when a signal came.
    std::string readLine() const
    {
        std::string line;
        std::array<pollfd, 2> awaited{{{STDIN_FILENO, POLLIN, 0}, {m_endings, POLLIN, 0}}};
        while (::poll(awaited.data(), awaited.size(), -1) >= 0 && awaited[1].revents == 0) {
            std::array<char, 512> bytes{};
            const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
            if (count <= 0) {
                return line;
            }
            line.append(bytes.data(), static_cast<std::size_t>(count));
            if (line.back() == '\n') {
                line.pop_back();
                return line;
            }
        }
        return {};
    }

private:
    termios m_before{};
    sigset_t m_signals{};
    int m_endings = -1;
};

} // namespace

Secret readSecret(const std::string& what)
{
    std::string text;
    if (::isatty(STDIN_FILENO) != 0) {
        std::cerr << what << ": " << std::flush;
        text = SilentTerminal().readLine();
        std::cerr << std::endl;
    } else {
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
            text.pop_back();
        }
    }
    return Secret(text);
}

Result<std::unique_ptr<cloud::SecretStore>> openPersonsSecrets(const catalog::Paths& paths, bool isNeeded, NewFile newFile)
{
    TY_TRY(app::OpenedSecrets opened, app::lookForSecrets(paths, app::environmentPassphrase()));
    const bool isLocked = opened.need == app::SecretsNeed::Passphrase;
    const bool mayBegin = opened.need == app::SecretsNeed::Choice && newFile == NewFile::May;
    if (!isNeeded || (!isLocked && !mayBegin) || ::isatty(STDIN_FILENO) == 0) {
        return std::move(opened.store);
    }
    const Secret passphrase = readSecret(
        isLocked ? "Passphrase of the encrypted file" : "No keychain runs here. Passphrase for a new encrypted file (empty: none)");
    if (passphrase.isEmpty()) {
        return std::move(opened.store);
    }
    if (mayBegin && readSecret("Once more").reveal() != passphrase.reveal()) {
        return Error{ErrorKind::Usage, "the two passphrases are not the same", {}};
    }
    return app::openSecrets(paths, passphrase);
}

} // namespace ty::cli
