#pragma once

#include <csignal>
#include <string>

#include "app/cli/output.h"
#include "app/provisioning/machine_operations.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/machine_info.h"

namespace ty::cli {

/// The words that the window shows, too.
std::string stateWords(cloud::MachineState state);
/// "westeurope/1", "europe-west4-a".
std::string placeOf(const cloud::MachineInfo& machine);

Json costJson(const cloud::CostTable& cost);
std::string costText(const cloud::CostTable& cost);

/// Asks on the terminal; without one only --yes agrees. Errors: Usage (nobody is here), Cancelled.
Result<void> agree(bool isAgreed, OutputForm form, const std::string& question);

/// How an operation ended. Result: the exit code.
int tell(const app::OperationReport& report, OutputForm form);

/// Ctrl+C takes a creation back; a second one ends the program, and the next start goes on.
class Interrupts {
public:
    Interrupts()
    {
        s_count = 0;
        m_before = std::signal(SIGINT, [](int) { s_count = s_count + 1; });
    }
    ~Interrupts() { std::signal(SIGINT, m_before); }
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    static int count() { return s_count; }

private:
    static inline volatile std::sig_atomic_t s_count = 0;
    void (*m_before)(int) = nullptr;
};

} // namespace ty::cli
