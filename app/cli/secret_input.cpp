#include "app/cli/secret_input.h"

#include <iostream>
#include <iterator>

#include <termios.h>
#include <unistd.h>

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

} // namespace ty::cli
