#include "app/cli/secret_input.h"

#include <iostream>
#include <iterator>

#include <termios.h>
#include <unistd.h>

#include "app/provisioning/secrets_choice.h"

namespace ty::cli {

using cloud::Secret;

Secret readSecret(const std::string& what)
{
    std::string text;
    if (::isatty(STDIN_FILENO) != 0) {
        std::cerr << what << ": " << std::flush;
        termios before{};
        ::tcgetattr(STDIN_FILENO, &before);
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        std::getline(std::cin, text);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
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
