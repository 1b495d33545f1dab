#include "app/cli/agreement.h"

#include <csignal>
#include <iostream>

#include <unistd.h>

namespace ty::cli {

namespace {
volatile std::sig_atomic_t g_interrupts = 0; // a signal handler can reach nothing else
} // namespace

Result<void> askAgreement(bool isAgreed, OutputForm form, const std::string& question)
{
    if (isAgreed) {
        return {};
    }
    if (::isatty(STDIN_FILENO) == 0 || form == OutputForm::Json) {
        return Error{ErrorKind::Usage, "nobody is here to agree", "Add --yes."};
    }
    std::cerr << question << " [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") {
        return {};
    }
    return Error{ErrorKind::Cancelled, "not agreed; nothing was done", {}};
}

Interrupts::Interrupts()
{
    g_interrupts = 0;
    m_before = std::signal(SIGINT, [](int) { g_interrupts = g_interrupts + 1; });
}

Interrupts::~Interrupts()
{
    std::signal(SIGINT, m_before);
}

int Interrupts::count()
{
    return g_interrupts;
}

} // namespace ty::cli
