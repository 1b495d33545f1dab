#pragma once

#include <string>

#include "app/cli/output.h"
#include "engine/base/result.h"

namespace ty::cli {

/// Asks on the terminal, where one can; without a terminal, and for answers in JSON, only `isAgreed` (--yes) agrees.
/// Errors: Usage when nobody can be asked, Cancelled.
Result<void> askAgreement(bool isAgreed, OutputForm form, const std::string& question);

/// Counts Ctrl+C while it lives, instead of ending the program. One at a time.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    static int count();

private:
    void (*m_before)(int) = nullptr;
};

} // namespace ty::cli
